// The built-in STOP and START words, by language.
//
// English is the product description's list, word for word; the others are the words that people
// and operators use in those languages, also without accents. Left out are words that are common
// answers to something else ("para", "done", "enough"). Spelling variants that normalisation unites
// (case, punctuation, Arabic alef forms and vowel signs) need no line of their own.
#include "features/opt_out/opt_out_rules.hpp"

namespace wapi::opt_out {
namespace {

using Word = std::string_view;

// Packed by hand: the formatter counts columns of scripts that editors count in bytes.
// clang-format off
constexpr Word english_stop[] = {
    "stop", "stop all", "stopall", "unsubscribe", "opt out", "opt-out", "optout", "remove",
    "remove me", "quit", "cancel", "end", "unfollow", "revoke", "stop promotions",
    "no more messages"};
constexpr Word english_start[] = {
    "start", "subscribe", "opt in", "opt-in", "optin", "resume", "unstop", "continue"};
constexpr Word english_yes[] = {"yes"};

constexpr Word spanish_stop[] = {
    "alto", "parar", "detener", "baja", "de baja", "dar de baja", "darme de baja",
    "darse de baja", "dame de baja", "cancelar", "cancelar suscripción", "cancelar suscripcion",
    "desuscribir", "desuscribirme", "desuscribirse", "anular", "anular suscripción",
    "anular suscripcion", "eliminar", "eliminarme", "borrar", "borrarme", "remover", "salir",
    "terminar", "fin", "basta", "no más mensajes", "no mas mensajes", "no más promociones",
    "no mas promociones", "no enviar más", "no enviar mas", "no quiero más mensajes",
    "no quiero mas mensajes", "dejar de recibir"};
constexpr Word spanish_start[] = {
    "iniciar", "empezar", "comenzar", "alta", "dar de alta", "darme de alta", "suscribir",
    "suscribirme", "suscribirse", "reanudar", "continuar", "activar", "volver a suscribirme"};
constexpr Word spanish_yes[] = {"sí", "si"};

constexpr Word portuguese_stop[] = {
    "parar", "pare", "sair", "cancelar", "cancelar inscrição", "cancelar inscricao",
    "cancelar assinatura", "descadastrar", "descadastre", "descadastrar-me", "me descadastre",
    "desinscrever", "desinscrever-me", "remover", "remova-me", "me remova", "excluir", "encerrar",
    "fim", "chega", "não enviar mais", "nao enviar mais", "não quero mais", "nao quero mais",
    "não quero receber", "nao quero receber", "não quero mais mensagens",
    "nao quero mais mensagens", "sem mais mensagens", "chega de mensagens", "parar promoções",
    "parar promocoes"};
constexpr Word portuguese_start[] = {
    "iniciar", "começar", "comecar", "inscrever", "inscrever-me", "me inscreva", "assinar",
    "cadastrar", "voltar a receber", "quero receber", "retomar", "continuar", "ativar",
    "reativar"};
constexpr Word portuguese_yes[] = {"sim"};

constexpr Word hindi_stop[] = {
    "रोकें", "रोको", "रोक दो", "रुकें", "रुको",
    "रुकिए", "बंद", "बंद करें", "बंद करो",
    "बंद कर दो", "बंद कीजिए", "बन्द करें",
    "बन्द करो", "संदेश बंद करें",
    "मैसेज बंद करो", "मैसेज बंद करें",
    "मैसेज मत भेजो", "संदेश मत भेजें",
    "और संदेश नहीं",
    "सदस्यता समाप्त करें",
    "सदस्यता रद्द करें", "सदस्यता छोड़ें",
    "हटाएं", "हटाएँ", "हटाओ", "मुझे हटाएं",
    "मुझे हटाएँ", "मुझे हटाओ", "रद्द",
    "रद्द करें", "रद्द करो", "समाप्त",
    "समाप्त करें", "स्टॉप", "अनसब्सक्राइब",
    "roko", "band karo", "band karein", "message band karo", "message mat bhejo"};
constexpr Word hindi_start[] = {
    "शुरू", "शुरू करें", "शुरू करो",
    "शुरु करें", "शुरु करो",
    "फिर से शुरू करें", "चालू करें",
    "चालू करो", "जारी रखें", "जारी रखो",
    "सदस्यता लें", "सब्सक्राइब",
    "सब्सक्राइब करें", "स्टार्ट", "shuru karo",
    "shuru karein", "chalu karo"};
constexpr Word hindi_yes[] = {
    "हां", "हाँ", "जी हां", "जी हाँ", "haan"};

constexpr Word arabic_stop[] = {
    "توقف", "قف", "وقف", "إيقاف", "أوقف", "أوقفوا",
    "إيقاف الرسائل", "أوقف الرسائل", "أوقفوا الرسائل",
    "وقف الرسائل", "إلغاء", "إلغاء الاشتراك",
    "الغي الاشتراك", "ألغ الاشتراك", "إلغاء اشتراكي",
    "إزالة", "أزلني", "حذف", "احذفني", "إنهاء", "انسحاب",
    "خروج", "كفى", "لا مزيد من الرسائل", "لا رسائل",
    "لا أريد رسائل", "لا ترسل", "لا ترسلوا", "ستوب"};
constexpr Word arabic_start[] = {
    "ابدأ", "بدء", "البدء", "اشترك", "اشتراك", "الاشتراك",
    "استئناف", "استمرار", "استمر", "تفعيل", "تشغيل",
    "إعادة الاشتراك", "ستارت"};
constexpr Word arabic_yes[] = {"نعم", "أيوه", "ايوا"};

constexpr Word french_stop[] = {
    "arrêt", "arret", "arrêter", "arreter", "arrêtez", "arretez", "arrête", "arrete",
    "désabonner", "desabonner", "me désabonner", "me desabonner", "se désabonner",
    "se desabonner", "désabonnez-moi", "desabonnez-moi", "désabonnement", "desabonnement",
    "désinscrire", "desinscrire", "me désinscrire", "me desinscrire", "désinscription",
    "desinscription", "désinscrivez-moi", "desinscrivez-moi", "supprimer", "supprimez-moi",
    "retirer", "retirez-moi", "annuler", "résilier", "resilier", "quitter", "fin",
    "plus de message", "plus de messages", "plus de pub", "stop pub", "stop promotions"};
constexpr Word french_start[] = {
    "démarrer", "demarrer", "commencer", "abonner", "m'abonner", "s'abonner", "je m'abonne",
    "me réabonner", "me reabonner", "m'inscrire", "s'inscrire", "reprendre", "continuer",
    "activer", "réactiver", "reactiver"};
constexpr Word french_yes[] = {"oui"};

constexpr Word german_stop[] = {
    "stopp", "stoppen", "anhalten", "abmelden", "mich abmelden", "bitte abmelden", "abmeldung",
    "abbestellen", "abbestellung", "abbrechen", "beenden", "ende", "entfernen", "mich entfernen",
    "löschen", "loeschen", "mich löschen", "mich loeschen", "kündigen", "kuendigen",
    "austragen", "mich austragen", "austreten", "widerrufen", "widerruf", "aufhören",
    "aufhoeren", "keine nachrichten", "keine nachrichten mehr", "keine weiteren nachrichten",
    "keine werbung", "keine werbung mehr", "nicht mehr senden"};
constexpr Word german_start[] = {
    "starten", "anfangen", "beginnen", "anmelden", "mich anmelden", "wieder anmelden",
    "abonnieren", "fortsetzen", "fortfahren", "weitermachen", "weiter", "aktivieren"};
constexpr Word german_yes[] = {"ja"};

constexpr Word indonesian_stop[] = {
    "berhenti", "hentikan", "setop", "keluar", "batal", "batalkan", "batal langganan",
    "berhenti berlangganan", "berhenti langganan", "hapus", "hapus saya", "akhiri", "unreg",
    "stop promosi", "berhenti promosi", "jangan kirim", "jangan kirim lagi",
    "jangan kirim pesan lagi", "jangan hubungi saya", "tidak mau pesan lagi",
    "tidak ada pesan lagi"};
constexpr Word indonesian_start[] = {
    "mulai", "mulai lagi", "langganan", "berlangganan", "langganan lagi", "lanjut", "lanjutkan",
    "daftar", "daftar lagi", "aktifkan"};
constexpr Word indonesian_yes[] = {"ya", "iya"};

// clang-format on

constexpr WordList lists[] = {
    {"en", Keyword::stop, false, english_stop},
    {"en", Keyword::start, false, english_start},
    {"en", Keyword::start, true, english_yes},
    {"es", Keyword::stop, false, spanish_stop},
    {"es", Keyword::start, false, spanish_start},
    {"es", Keyword::start, true, spanish_yes},
    {"pt", Keyword::stop, false, portuguese_stop},
    {"pt", Keyword::start, false, portuguese_start},
    {"pt", Keyword::start, true, portuguese_yes},
    {"hi", Keyword::stop, false, hindi_stop},
    {"hi", Keyword::start, false, hindi_start},
    {"hi", Keyword::start, true, hindi_yes},
    {"ar", Keyword::stop, false, arabic_stop},
    {"ar", Keyword::start, false, arabic_start},
    {"ar", Keyword::start, true, arabic_yes},
    {"fr", Keyword::stop, false, french_stop},
    {"fr", Keyword::start, false, french_start},
    {"fr", Keyword::start, true, french_yes},
    {"de", Keyword::stop, false, german_stop},
    {"de", Keyword::start, false, german_start},
    {"de", Keyword::start, true, german_yes},
    {"id", Keyword::stop, false, indonesian_stop},
    {"id", Keyword::start, false, indonesian_start},
    {"id", Keyword::start, true, indonesian_yes},
};

}  // namespace

std::span<const WordList> built_in_words() { return lists; }

}  // namespace wapi::opt_out
