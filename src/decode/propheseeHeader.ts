import type { Detected } from './decoder.ts';

/*
  ASCII header of Prophesee RAW and DAT files
    line = "% " key [SP value] LF
  It ends after the line "% end", or (older files, the usual case) where two bytes are not "% ".
  Keys: date, evt 3.0, format EVT3;height=720;width=1280, geometry 1280x720, system_ID 49, ...; DAT: Version, Width, Height.
  https://docs.prophesee.ai/stable/data/file_formats/raw.html
*/

export interface PropheseeHeader {
  /** Values by key in lower case. Empty where the file has no header. */
  readonly fields: ReadonlyMap<string, string>;
  /** Length of the header. */
  readonly bytes: number;
}

const PERCENT = 0x25;
const SPACE = 0x20;
const NEWLINE = 0x0a;

export function readPropheseeHeader(head: Uint8Array): PropheseeHeader {
  const fields = new Map<string, string>();
  let at = 0;
  while (head[at] === PERCENT && head[at + 1] === SPACE) {
    const end = head.indexOf(NEWLINE, at);
    if (end < 0) break;
    // Data may begin with the two bytes of a header line; no header line holds control characters.
    if (head.subarray(at, end).some((byte) => (byte < SPACE && byte !== 0x0d && byte !== 0x09) || byte > 0x7e)) break;
    const [key = '', ...value] = Buffer.from(head.subarray(at + 2, end))
      .toString('latin1')
      .trim()
      .split(/\s+/);
    at = end + 1;
    if (key === 'end') break;
    fields.set(key.toLowerCase(), value.join(' '));
  }
  return { fields, bytes: at };
}

type Sensor = readonly [format: string, width: number, height: number];

/** Format and size by `system_ID`, for old files that do not contain them. A key of the header takes precedence. */
const SYSTEMS: ReadonlyMap<number, Sensor> = new Map(
  (
    [
      [
        ['evt2', 640, 480],
        [0x15, 0x1c, 0x17, 0x97, 0x19, 0x99, 0x1d, 0x23, 0x21, 0x22, 0xa1, 0xa2, 0x29],
      ],
      [
        ['evt2', 1280, 720],
        [0x1a, 0x1f, 0x27],
      ],
      [
        ['evt3', 1280, 720],
        [0x1e, 0x2e, 0x30, 0x31, 0x32],
      ],
      [['evt3', 640, 480], [0x28]],
    ] satisfies [Sensor, number[]][]
  ).flatMap(([sensor, ids]) => ids.map((id): [number, Sensor] => [id, sensor])),
);

/** Before this system the halves of EVT2.1 words were stored the other way round. */
const FIRST_LITTLE_ENDIAN_SYSTEM = 0x37;

/** Recognises a RAW file of one format by its header. `name` is ours: evt2, evt21, evt21Legacy, evt3, evt4. */
export function detectRaw(head: Uint8Array, name: string): Detected | undefined {
  const { fields, bytes } = readPropheseeHeader(head);
  if (bytes === 0 || formatOf(fields) !== name) return undefined;
  return { headerBytes: bytes, ...geometryOf(fields) };
}

function formatOf(fields: ReadonlyMap<string, string>): string | undefined {
  const [word = ''] = (fields.get('format') ?? '').split(';');
  const version = fields.get('evt');
  const named = word !== '' ? word : version === undefined ? '' : `EVT${version.replace(/\.0$/, '').replace('.', '')}`;
  if (named === '') return SYSTEMS.get(systemOf(fields))?.[0];
  const format = named.toLowerCase().replace('.', '');
  return format === 'evt21' && isLegacy(fields) ? 'evt21Legacy' : format;
}

function isLegacy(fields: ReadonlyMap<string, string>): boolean {
  const endianness = optionsOf(fields).get('endianness') ?? fields.get('endianness');
  if (endianness !== undefined) return endianness === 'legacy';
  const integrator = fields.get('camera_integrator_name') ?? fields.get('integrator_name') ?? '';
  return /prophesee/i.test(integrator) && systemOf(fields) < FIRST_LITTLE_ENDIAN_SYSTEM;
}

const systemOf = (fields: ReadonlyMap<string, string>): number => Number(fields.get('system_id') ?? Number.NaN);

/** `EVT3;height=720;width=1280` without its first word. */
const optionsOf = (fields: ReadonlyMap<string, string>): ReadonlyMap<string, string> =>
  new Map(
    (fields.get('format') ?? '')
      .split(';')
      .slice(1)
      .map((option): [string, string] => {
        const [key = '', value = ''] = option.split('=');
        return [key.trim().toLowerCase(), value.trim()];
      }),
  );

type Geometry = Pick<Detected, 'width' | 'height' | 'geometryFrom'>;

/** The size of the sensor; 0 x 0 where the header does not say, or contradicts itself. */
function geometryOf(fields: ReadonlyMap<string, string>): Geometry {
  const options = optionsOf(fields);
  const byFormat = sizeOf(options.get('width'), options.get('height'));
  const geometry = fields.get('geometry') ?? '';
  const byGeometry = sizeOf(...geometry.split('x', 2));
  if (byFormat && byGeometry && byFormat.join('x') !== byGeometry.join('x')) {
    return { width: 0, height: 0, geometryFrom: `a contradiction: geometry ${byGeometry.join('x')}, format ${byFormat.join('x')}` };
  }
  const [width, height] = byFormat ?? byGeometry ?? [0, 0];
  if (width > 0) return { width, height, geometryFrom: 'header' };
  if (geometry !== '') return { width: 0, height: 0, geometryFrom: `an unreadable geometry '${geometry}'` };
  const system = fields.get('system_id');
  const [, systemWidth, systemHeight] = SYSTEMS.get(systemOf(fields)) ?? ['', 0, 0];
  if (systemWidth > 0) return { width: systemWidth, height: systemHeight, geometryFrom: `system_ID ${system}` };
  const found = system === undefined ? 'no geometry, no system_ID' : `no geometry, an unknown system_ID ${system}`;
  return { width: 0, height: 0, geometryFrom: `a header with ${found}` };
}

/** Width and height in pixels, up to what the words of any format can address. */
export function sizeOf(width?: string, height?: string): readonly [number, number] | undefined {
  const size = [Number(width), Number(height)] as const;
  return size.every((side) => Number.isInteger(side) && side > 0 && side <= 65_536) ? size : undefined;
}
