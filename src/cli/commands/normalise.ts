import { once } from 'node:events';
import type { Command } from 'commander';
import { PipelineError } from '../../errors.ts';
import { type Form, houseStyle } from '../../normalise/normalisers/houseStyle.ts';
import { type CaptionColumns, type Row, readCaptions } from '../support/readCaptions.ts';

interface NormaliseOptions extends CaptionColumns {
  form?: Form;
  words?: string;
}

/** `normalise FILE`: brings the captions of a file into house style, as JSON lines on standard output. */
export const normalise = (program: Command): void => {
  program
    .command('normalise')
    .description('brings captions into the house style: JSON lines with the columns of the input, `normalised`, `flags` and `confidence`')
    .argument('<captions>', 'JSON lines, CSV, TSV or Avro with the column text (optional: model and image)')
    .option('--form <form>', "'sentence', 'telegraphic' or 'tags'", 'sentence')
    .option('--words <n>', 'longest caption in words', '40')
    .option('--text <column>', 'column with the captions')
    .action(async (file: string, options: NormaliseOptions) => {
      for await (const row of normalised(file, options)) {
        if (!process.stdout.write(`${JSON.stringify(row)}\n`)) await once(process.stdout, 'drain');
      }
    });
};

/** The rows of a file, each with its caption in house style. Rows without a caption have null. Throws INPUT_UNREADABLE or CONFIG_INVALID. */
export async function* normalised(file: string, { form, words, text }: NormaliseOptions = {}): AsyncIterable<Row> {
  const style = houseStyle({ ...(form && { form }), ...(words !== undefined && { words: Number(words) }) });
  const table = await readCaptions(file, text === undefined ? {} : { text });
  for (const row of table.rows) {
    const raw = row[table.text];
    if (raw !== null && typeof raw !== 'string') {
      throw new PipelineError('INPUT_UNREADABLE', `${file}: column '${table.text}' holds ${typeof raw}, not text`);
    }
    if (raw === null) {
      yield { ...row, normalised: null, flags: [] };
      continue;
    }
    const draft = style.apply(raw, Array.isArray(row.flags) ? row.flags.map(String) : []);
    yield { ...row, normalised: draft.text, flags: draft.flags, confidence: draft.confidence };
  }
}
