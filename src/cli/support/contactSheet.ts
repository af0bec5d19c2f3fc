import { visible } from '../../visible.ts';
import sharp from 'sharp';
import type { Pixels } from '../../frame/renderer.ts';

/** One picture of a contact sheet, with lines of text below it. */
export interface Cell {
  /** An encoded picture, or raw pixels. */
  readonly picture: Uint8Array | Pixels;
  readonly lines: readonly string[];
}

export interface SheetOptions {
  /** Size of a picture in pixels; pictures of other shapes are fitted into it. */
  readonly cellWidth: number;
  readonly cellHeight: number;
  /** Lines of text below each picture. */
  readonly lines: number;
}

const GAP = 12;
const LINE = 18;
const PAPER = '#16191f';

/** Lays rows of cells out as one PNG. */
export async function contactSheet(rows: readonly (readonly Cell[])[], { cellWidth, cellHeight, lines }: SheetOptions): Promise<Buffer> {
  const columns = Math.max(1, ...rows.map((row) => row.length));
  const pitch = { x: cellWidth + GAP, y: cellHeight + lines * LINE + GAP };
  const overlays = await Promise.all(
    rows.flatMap((row, y) =>
      row.flatMap((cell, x) => {
        const at = { left: GAP + x * pitch.x, top: GAP + y * pitch.y };
        return [
          fitted(cell.picture, cellWidth, cellHeight).then((input) => ({ input, ...at })),
          Promise.resolve({ input: captionSvg(cell.lines.slice(0, lines), cellWidth, lines), left: at.left, top: at.top + cellHeight }),
        ];
      }),
    ),
  );
  const size = { width: GAP + columns * pitch.x, height: GAP + rows.length * pitch.y };
  return sharp({ create: { ...size, channels: 3, background: PAPER } })
    .composite(overlays)
    .png()
    .toBuffer();
}

/** Fits a picture into its cell. */
function fitted(picture: Uint8Array | Pixels, width: number, height: number): Promise<Buffer> {
  const image =
    picture instanceof Uint8Array
      ? sharp(picture)
      : sharp(picture.data, { raw: { width: picture.width, height: picture.height, channels: picture.channels } });
  return image.toColourspace('srgb').resize(width, height, { fit: 'contain', background: PAPER, kernel: 'lanczos3' }).png().toBuffer();
}

function captionSvg(lines: readonly string[], width: number, rows: number): Buffer {
  const texts = lines.map(
    (line, row) => `<text x="2" y="${(row + 1) * LINE - 4}" fill="${row === 0 ? '#8aa4c8' : '#e6e6e6'}">${escaped(line)}</text>`,
  );
  return Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${Math.max(1, rows) * LINE}" font-family="DejaVu Sans, sans-serif" font-size="12">${texts.join('')}</svg>`,
  );
}

/** Longer than any line of a sheet; XML has no control characters, not even escaped. */
const escaped = (text: string): string => visible(text, 400).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** Breaks a text at spaces into at most `most` lines of `width` characters; a text that does not fit ends in an ellipsis. */
export function wrapText(text: string, width: number, most: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.slice(0, width * most + 1).split(/\s+/)) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  lines.push(line);
  if (lines.length <= most) return lines;
  return [...lines.slice(0, most - 1), `${lines[most - 1]!.slice(0, width - 1)}…`];
}
