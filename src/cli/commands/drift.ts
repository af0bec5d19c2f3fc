import { print, printJson } from '../support/print.ts';
import type { Command } from 'commander';
import { type DriftReport, type FormDrift, driftReport } from '../../drift/driftReport.ts';
import type { Texture } from '../../drift/texture.ts';
import { PipelineError } from '../../errors.ts';
import { houseStyle } from '../../normalise/normalisers/houseStyle.ts';
import { type CaptionColumns, readCaptions } from '../support/readCaptions.ts';

interface DriftOptions extends CaptionColumns {
  json?: true;
  words?: string;
}

/** `drift FILE`: how well the vendor can be guessed from captions of the same images, before and after the house style. */
export const driftCommand = (program: Command): void => {
  program
    .command('drift')
    .description(
      'how well the vendor can be guessed from the style of captions of the same images, raw and in each form of the house style',
    )
    .argument('<captions>', 'JSON lines, CSV, TSV or Avro with the columns text, model and image')
    .option('--json', 'one JSON object instead of tables')
    .option('--words <n>', 'longest caption in words')
    .option('--text <column>', 'column with the captions')
    .option('--model <column>', 'column with the vendor or model')
    .option('--image <column>', 'column that identifies the image: captions of one image are in one fold')
    .action(async (file: string, options: DriftOptions) => {
      const report = await drift(file, options);
      if (options.json) printJson(report, 2);
      else print(tables(report));
    });
};

/** Throws INPUT_UNREADABLE or CONFIG_INVALID. */
export async function drift(file: string, options: DriftOptions = {}): Promise<DriftReport> {
  const { rows, text, model, image } = await readCaptions(file, options);
  if (model === '' || image === '') {
    const missing = model === '' ? 'model' : 'image';
    throw new PipelineError('INPUT_UNREADABLE', `${file}: no column '${missing}'; name it with --${missing} COLUMN`);
  }
  const words = options.words === undefined ? {} : { words: Number(options.words) };
  const spoken = rows.filter((row) => typeof row[text] === 'string');
  const column = (name: string): string[] => spoken.map((row) => asText(row[name]));
  return driftReport(
    { texts: column(text), vendors: column(model), images: column(image) },
    {
      sentence: houseStyle({ form: 'sentence', ...words }),
      telegraphic: houseStyle({ form: 'telegraphic', ...words }),
      tags: houseStyle({ form: 'tags', ...words }),
    },
  );
}

const asText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value ?? ''));

const tables = (report: DriftReport): string => {
  const { captions, images, vendors, chance, raw, content, forms, rawVendors } = report;
  return [
    `${captions} captions of ${images} images by ${vendors.length} models\n\n`,
    'vendor guessed right by a linear classifier (n-grams, folds grouped by image)\n',
    line('chance', share(chance)),
    line('raw captions', share(raw)),
    line('content words', `${share(content)}  no normaliser gets below this without deleting content`),
    `\n${''.padEnd(16)}${['guessed', 'residual', 'recall'].map((name) => name.padStart(10)).join('')}\n`,
    ...Object.entries(forms).map(([form, found]) => line(form, formCells(found))),
    '\nresidual = (guessed - content) / (raw - content); recall = content words kept\n',
    `\n${''.padEnd(28)}${['p5', 'p50', 'p95', 'distinct-2', 'self-BLEU', 'refusals', 'cut off'].map((name) => name.padStart(11)).join('')}\n`,
    ...textures('raw', rawVendors),
    ...Object.entries(forms).flatMap(([form, found]) => textures(form, found.vendors)),
  ].join('');
};

const line = (name: string, value: string): string => `  ${name.padEnd(14)}${value}\n`;
const share = (value: number): string => value.toFixed(3).padStart(10);
const formCells = ({ normalised, residual, recall }: FormDrift): string =>
  `${share(normalised)}${residual === null ? '-'.padStart(10) : residual.toFixed(2).padStart(10)}${share(recall)}`;

const textures = (form: string, vendors: Readonly<Record<string, Texture>>): string[] =>
  Object.entries(vendors).map(([vendor, { words, distinct2, selfBleu, refusalLeaks, truncationLeaks }]) => {
    const cells = [words.p5, words.p50, words.p95, distinct2.toFixed(2), selfBleu.toFixed(2), refusalLeaks, truncationLeaks];
    return `  ${form.padEnd(12)}${vendor.slice(0, 20).padEnd(14)}${cells.map((cell) => String(cell).padStart(11)).join('')}\n`;
  });
