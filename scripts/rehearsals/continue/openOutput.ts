import { existsSync, readFileSync } from 'node:fs';
import { avroFile } from '../../../src/publish/sinks/avroFile.ts';
import { jsonl } from '../../../src/publish/sinks/jsonl.ts';

/* Started by the rehearsal `continue`: opens the output that is named, and prints how long that took and the most memory of the process. */
const STATUS = '/proc/self/status';
const [kind = '', path = ''] = process.argv.slice(2);
const sink = kind === 'avro' ? avroFile({ path }) : jsonl({ path });
const begunMs = performance.now();
await sink.open?.();
const seconds = (performance.now() - begunMs) / 1000;
// `resourceUsage` would count what the process was forked from, too.
const [, kibibytes = String(process.resourceUsage().maxRSS)] = existsSync(STATUS)
  ? (/VmHWM:\s+(\d+)/.exec(readFileSync(STATUS, 'utf8')) ?? [])
  : [];
console.log(JSON.stringify({ seconds, megabytes: Math.round((Number(kibibytes) * 1024) / 1e6) }));
await sink.close?.();
