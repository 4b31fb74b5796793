// A small choice of emoji that needs no network and no pictures of its own.
const split = (signs: string) => signs.split(' ')

export const emojiGroups = {
  smileys: split('😀 😃 😄 😁 😆 😅 😂 🙂 😉 😊 😇 🥰 😍 😘 😋 😜 🤗 🤔 🤐 😐 😏 😒 🙄 😬 😌 😴 😷 🤒 🤯 😎 🤓 😕 😟 🙁 😮 😲 🥺 😢 😭 😱 😡 🤬'),
  people: split('👋 🤚 ✋ 👌 ✌️ 🤞 🤟 👈 👉 👆 👇 👍 👎 ✊ 👏 🙌 🤲 🤝 🙏 💪 🙋 🤷 🙇 👨 👩 👶 🧑 👴 👵 👨‍👩‍👧'),
  nature: split('🐶 🐱 🐰 🦊 🐻 🐼 🐨 🦁 🐸 🐵 🐔 🐧 🐦 🦋 🐝 🐢 🌸 🌹 🌻 🌷 🌲 🌴 🍀 🍁 🌙 ⭐ ☀️ ⛅ 🌧️ ❄️ 🌈 🔥'),
  food: split('🍎 🍐 🍊 🍋 🍌 🍉 🍇 🍓 🍒 🥑 🍅 🥕 🌽 🍞 🥐 🧀 🍳 🍔 🍟 🍕 🌮 🍜 🍣 🍰 🎂 🍪 🍫 🍦 ☕ 🍵 🍺 🍷'),
  things: split('📦 🛒 🎁 💳 💰 🧾 📱 💻 📷 📞 ✉️ 📎 📅 ⏰ 🔑 🔒 💡 🔧 🏠 🏪 🏥 🏫 🚗 🚕 🚌 🚚 ✈️ 🚲 📍 🗺️ ⚽ 🎉'),
  signs: split('❤️ 🧡 💛 💚 💙 💜 🖤 💔 💯 ✅ ❌ ❓ ❗ ⚠️ ⛔ ➕ ➖ ➡️ ⬅️ ⬆️ ⬇️ 🔁 🆕 🆗 🔔 💬 ♻️ ™️ ©️ ®️ 0️⃣ 1️⃣'),
} as const
export type EmojiGroup = keyof typeof emojiGroups
export const emojiGroupNames = Object.keys(emojiGroups) as EmojiGroup[]
