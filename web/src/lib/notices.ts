// Whether this browser tells of new messages by a notification of the system and by a sound. Off until the
// person wants it: a browser asks for the permission once, and only a click may make it ask.
import { useLocalStorage } from '@mantine/hooks'

export interface NoticeSettings {
  desktop: boolean
  sound: boolean
}

export const useNoticeSettings = () =>
  useLocalStorage<NoticeSettings>({
    key: 'wapi-notices',
    defaultValue: { desktop: false, sound: false },
    getInitialValueInEffect: false,
  })

/** Browsers have notifications on secure pages only. */
export const hasDesktopNotices = () => 'Notification' in window && window.isSecureContext

/** To be called by a click. True when notifications may be shown. */
export const askForNotices = async (): Promise<boolean> => (await Notification.requestPermission()) === 'granted'

interface Notice {
  /** Of one key the newest alone is shown, however many tabs are open. */
  key: string
  title: string
  text: string
  onClick: () => void
}

export function showNotice({ key, title, text, onClick }: Notice): void {
  if (!hasDesktopNotices() || Notification.permission !== 'granted') return
  try {
    const notice = new Notification(title, { body: text, tag: key })
    notice.onclick = () => {
      window.focus()
      notice.close()
      onClick()
    }
  } catch {
    // browsers of phones show them from a worker only
  }
}

const quietMs = 2_000
const tones = [
  { hertz: 660, at: 0 },
  { hertz: 880, at: 0.12 },
]
const toneSeconds = 0.22
const loudness = 0.08

let audio: AudioContext | undefined
let chimedAt = 0

/** Two soft tones; of several tabs one alone, and not again at once. */
export async function chime(): Promise<void> {
  if (Date.now() - chimedAt < quietMs) return
  chimedAt = Date.now()
  // Without https there are no locks, and each tab is heard.
  if (!('locks' in navigator)) return play()
  await navigator.locks.request('wapi-chime', { ifAvailable: true }, async (lock) => {
    if (!lock) return
    await play()
    await new Promise((resolve) => setTimeout(resolve, quietMs))
  })
}

async function play(): Promise<void> {
  audio ??= new AudioContext()
  await audio.resume()
  for (const { hertz, at } of tones) {
    const begin = audio.currentTime + at
    const tone = audio.createOscillator()
    const volume = audio.createGain()
    tone.frequency.value = hertz
    volume.gain.setValueAtTime(loudness, begin)
    volume.gain.exponentialRampToValueAtTime(0.001, begin + toneSeconds)
    tone.connect(volume).connect(audio.destination)
    tone.start(begin)
    tone.stop(begin + toneSeconds)
  }
}
