import { sizeOf } from './propheseeHeader.ts';

/** An event stream of an AEDAT 4 file: its number, undefined where there is none, and the size of its sensor. */
export interface Aedat4Stream {
  readonly stream: number | undefined;
  readonly width: number;
  readonly height: number;
}

/** Real headers have five levels, and names of some characters. */
const DEEPEST = 32;
const LONGEST_NAME = 256;

/** The first event stream in the XML of an AEDAT 4 header. */
export function eventStreamOf(xml: string): Aedat4Stream {
  const path: string[] = [];
  const values = new Map<string, string>();
  let depth = 0;
  for (const { tag, text } of tagsOf(xml)) {
    const [, closing, kind] = /^(\/?)(node|attr)\b/.exec(tag) ?? [];
    const name = (/(?:name|key)="([^"]*)"/.exec(tag)?.[1] ?? '').slice(0, LONGEST_NAME);
    if (kind === 'attr' && closing === '' && depth <= DEEPEST) values.set([...path, name].join('/'), text.trim());
    else if (kind === 'node' && closing === '/') {
      if (depth > 0 && depth-- <= DEEPEST) path.pop();
    } else if (kind === 'node' && !tag.endsWith('/') && ++depth <= DEEPEST) path.push(name);
  }
  for (const [key, value] of values) {
    if (value !== 'EVTS' || !key.endsWith('/typeIdentifier')) continue;
    const node = key.slice(0, -'/typeIdentifier'.length);
    const [width, height] = sizeOf(values.get(`${node}/info/sizeX`), values.get(`${node}/info/sizeY`)) ?? [0, 0];
    return { stream: Number(node.split('/').at(-1)), width, height };
  }
  return { stream: undefined, width: 0, height: 0 };
}

/** Each tag without its brackets, and the text up to the next one. Every character is looked at a few times, whatever is left open. */
function* tagsOf(xml: string): Generator<{ tag: string; text: string }> {
  for (let at = xml.indexOf('<'); at >= 0;) {
    const end = xml.indexOf('>', at);
    if (end < 0) return;
    const next = xml.indexOf('<', end);
    yield { tag: xml.slice(xml.lastIndexOf('<', end) + 1, end), text: xml.slice(end + 1, next < 0 ? undefined : next) };
    at = next;
  }
}
