import type { CaptionRecord } from './captionRecord.ts';
import type { Configuration } from './configuration.ts';
import { partInWords } from './configurationOf.ts';

/** The fields of a record that tell its configuration; a record of any version may lack some. */
export type RecordOrigin = Partial<
  Pick<CaptionRecord, 'configHash' | 'renderer' | 'rendererParams' | 'normaliser' | 'target' | 'provider' | 'model'>
>;

/**
 * What a record tells of the configuration that made it, where nothing else is known of its file.
 *
 * @param own the configuration of this run: the models of which one answered are taken for the same
 */
export function configurationOfRecord(record: RecordOrigin, own: Configuration): Configuration {
  const { configHash = '', renderer, rendererParams, normaliser, target, provider, model } = record;
  return {
    hash: configHash,
    parts: {
      ...(renderer && { renderer: partInWords({ name: renderer, params: paramsIn(rendererParams) }) }),
      ...(normaliser && { normaliser }),
      ...(target && { models: isAmong(own.parts['models'], record) ? own.parts['models']! : `${target} (${provider} ${model})` }),
    },
  };
}

function paramsIn(json = '{}'): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return { of: json };
  }
}

/** A vendor may report a model under a longer name, such as with its date. */
function isAmong(models = '', { target, provider, model }: RecordOrigin): boolean {
  const begin = `${target} (${provider} `;
  const at = models.indexOf(begin);
  const [asked = ''] = at < 0 ? [] : models.slice(at + begin.length).split(/[ )]/);
  return asked !== '' && (!model || model.startsWith(asked));
}
