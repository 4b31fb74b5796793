// Names and phrases of the made-up customers: see phrases.hpp.
#include "bench/load/phrases.hpp"

namespace wapi::load {

const std::array<Country, 8>& countries() {
    static constexpr std::array<Country, 8> all{{
        // clang-format off: lines are counted in bytes here
        {"1", 10, "US",
         {"Ann", "James", "Maria", "Robert", "Emily", "O'Neil"},
         {"Lee", "Smith", "Johnson", "Van der Berg"},
         {"Hi, is my order ready?", "I'd like to change the delivery address to 12/4 Main St.",
          "Thanks a lot 👍", "Could you send me the invoice as a PDF, please?", "ok",
          "The link https://shop.example.com/orders/8812?ref=wa does not open on my phone.",
          "What are your opening hours on Saturday?",
          "She said \"blue\", not \"black\". Can I still return it?"}},
        {"34", 9, "ES",
         {"José", "María", "Lucía", "Íñigo", "Sofía", "Ángel"},
         {"García", "Núñez", "Fernández", "Ibáñez"},
         {"¿Está listo mi pedido?", "Muchas gracias 😊",
          "Quisiera cambiar la dirección de envío.", "¿Cuánto cuesta el envío a Córdoba?",
          "sí", "Mañana paso a recogerlo sobre las 17:30.",
          "No me llegó la factura del año pasado.", "¿Tienen talla pequeña?"}},
        {"55", 11, "BR",
         {"João", "Ana", "Luíza", "Antônio", "Conceição", "Pedro"},
         {"Silva", "Araújo", "Gonçalves", "Sá"},
         {"Oi, bom dia!", "Meu pedido já saiu para entrega?",
          "Não recebi o código de rastreamento.", "Obrigado 🙏",
          "Vocês aceitam cartão em três vezes?", "Qual é o horário de funcionamento?",
          "Preciso trocar o tamanho, ficou pequeno.", "tá bom"}},
        {"91", 10, "IN",
         {"अनीता", "राहुल", "Priya", "सुनील", "Deepak",
          "मीरा"},
         {"शर्मा", "Patel", "गुप्ता", "Iyer"},
         {"नमस्ते, मेरा ऑर्डर कब आएगा?",
          "कृपया पता बदल दीजिए।",
          "धन्यवाद 🙏",
          "क्या कैश ऑन डिलीवरी है?",
          "Please share the price list.", "ठीक है",
          "मुझे बिल की कॉपी चाहिए।",
          "kal tak mil jayega kya?"}},
        {"971", 9, "AE",
         {"محمد", "فاطمة", "Omar", "ليلى", "Yusuf", "نور"},
         {"الأحمد", "Khalil", "حداد", "Nasser"},
         {"مرحبا، أين طلبي؟", "أريد تغيير عنوان التوصيل.",
          "شكرا جزيلا 🌹", "كم سعر الشحن؟", "نعم",
          "هل المتجر مفتوح يوم الجمعة؟",
          "لم تصل الفاتورة بعد.", "Please call me back."}},
        {"33", 9, "FR",
         {"Zoé", "Jérôme", "Amélie", "François", "Noël", "Chloé"},
         {"Lefèvre", "Dupont", "Bézier", "L'Hôte"},
         {"Bonjour, ma commande est-elle prête ?", "Merci beaucoup 😀", "d'accord",
          "Je souhaite être livré à l'étage, côté cour.", "Où en est le remboursement ?",
          "Quels sont vos horaires à Noël ?", "Le colis n° 4471/B est abîmé.",
          "À bientôt !"}},
        {"49", 11, "DE",
         {"Jürgen", "Anna", "Käthe", "Björn", "Sören", "Lea"},
         {"Müller", "Weiß", "Schröder", "Groß"},
         {"Guten Tag, ist meine Bestellung schon unterwegs?", "Vielen Dank 👌", "passt",
          "Ich möchte die Größe tauschen, bitte.", "Wann öffnet die Filiale in Köln?",
          "Die Rechnung fehlt; können Sie sie noch einmal schicken?",
          "Straße und Nr. stimmen.", "Schönen Feierabend!"}},
        {"62", 11, "ID",
         {"Siti", "Budi", "Dewi", "Agus", "Rina", "Eko"},
         {"Santoso", "Wijaya", "Putri", "Nugroho"},
         {"Halo kak, pesanan saya sudah dikirim?", "Terima kasih 🙏", "iya",
          "Bisa bayar di tempat?", "Tolong ganti alamat ke Jl. Melati No. 7/2.",
          "Ongkir ke Surabaya berapa ya?", "Barangnya belum sampai.", "Ada warna lain?"}},
        // clang-format on
    }};
    return all;
}

}  // namespace wapi::load
