import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import type { HostileCase } from './hostileCase.ts';

/** What a process made of its case. */
export interface Outcome {
  /** Peak of resident memory. */
  readonly mebibytes: number;
  readonly ms: number;
  /** -1 where it had to be killed. */
  readonly exitCode: number;
  /** All that it printed, as far as kept. */
  readonly output: string;
  /** The line that tells what happened: the last of stderr, else of stdout. */
  readonly said: string;
}

const KEPT_CHARACTERS = 65_536;
const SAID_CHARACTERS = 160;
/** Tells the peak of memory on file descriptor 3 when the process ends. */
const PEAK =
  'data:text/javascript,' +
  encodeURIComponent(
    // `resourceUsage` also counts what the process was forked from.
    "import{readFileSync,writeSync}from'node:fs';import{isMainThread}from'node:worker_threads';" +
      "const peak=()=>{try{return/VmHWM:\\s+(\\d+)/.exec(readFileSync('/proc/self/status','utf8'))[1]}catch{return process.resourceUsage().maxRSS}};" +
      "if(isMainThread)process.on('exit',()=>writeSync(3,String(peak())))",
  );

/** Runs one case in a process of its own, which is killed after `longestMs`. */
export async function runCase(hostile: HostileCase, folder: string, longestMs: number): Promise<Outcome> {
  const { args, env } = await hostile.prepare(folder);
  const started = performance.now();
  const child = spawn(process.execPath, ['--no-warnings', '--import', PEAK, ...args], {
    cwd: folder,
    env: { ...process.env, TMPDIR: folder, NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  const end = setTimeout(() => child.kill('SIGKILL'), longestMs);
  const [, stdout, stderr, peak] = child.stdio.map((stream) => (stream ? textOf(stream as Readable) : Promise.resolve('')));
  const exitCode = await new Promise<number>((resolve) => void child.once('close', (code) => resolve(code ?? -1)));
  clearTimeout(end);
  const ms = Math.round(performance.now() - started);
  const [out, err, kibibytes] = [await stdout!, await stderr!, Number(await peak!)];
  const said = lastLine(err) || lastLine(out);
  return { mebibytes: Math.round(kibibytes / 1024), ms, exitCode, output: `${err}\n${out}`, said: said.slice(0, SAID_CHARACTERS) };
}

const lastLine = (text: string): string => text.trimEnd().split('\n').at(-1)!.trim();

async function textOf(stream: Readable): Promise<string> {
  let text = '';
  for await (const chunk of stream.setEncoding('utf8')) if (text.length < KEPT_CHARACTERS) text += chunk as string;
  return text;
}
