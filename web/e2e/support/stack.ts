// Starts the programs by tools/console_stack.py, once for all journeys.
import { spawn, type ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export interface Stack {
  origin: string
  simulator: string
  log: string
  owner: { email: string; password: string }
}

const project = fileURLToPath(new URL('../../..', import.meta.url))

export async function startStack(engine: string): Promise<{ stack: Stack; stop: () => Promise<void> }> {
  const child = spawn('python3', ['tools/console_stack.py', engine], {
    cwd: project,
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const stack = await firstLine(child)
  const stop = async () => {
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.stdin.end()
    await ended
  }
  return { stack: JSON.parse(stack) as Stack, stop }
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the programs ended with ${code}`)))
    if (child.stdout) createInterface(child.stdout).once('line', resolve)
  })
}
