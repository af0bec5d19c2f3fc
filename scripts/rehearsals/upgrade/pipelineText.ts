/** What a pipeline of the rehearsal is made of; the same for both revisions. */
export interface UpgradeSettings {
  /** Root of the revision whose entry the pipeline imports. */
  readonly root: string;
  /** Address of the simulated vendor. */
  readonly vendor: string;
  /** Where outputs and ledger are. */
  readonly folder: string;
}

const ROUTE = ({ vendor }: UpgradeSettings): string => `S.route({ targets: {
    gpt4o: S.openai({ model: 'gpt-4o', keys: S.known('upgrade', 'sk-upgrade'), baseUrl: '${vendor}/v1', temperature: 0 }),
    mini: S.openai({ model: 'gpt-4o-mini', keys: S.known('upgrade', 'sk-upgrade'), baseUrl: '${vendor}/v1' }),
  }, weights: { gpt4o: 2, mini: 1 }, fallbacks: { gpt4o: ['mini'], mini: ['gpt4o'] } })`;

/** File to file, as a module. Everything that the configuration hash covers is in it. */
export const filePipeline = (settings: UpgradeSettings, seconds: number): string => `
import * as S from '${settings.root}/src/index.ts';
export default S.definePipeline({
  name: 'upgrade',
  source: S.synthetic({ seconds: ${seconds}, seed: 7, width: 120, height: 90, corruptEvery: 50 }),
  filters: [S.refractory({ deadUs: 200 }), S.hotPixel()],
  window: S.mixed({ everyMs: 40, orEvents: 20000, lateAfterMs: 2 }),
  renderer: S.sideBySide(S.polarity({ palette: 'dark' }), S.timeSurface()),
  prompt: S.describeEvents({ words: 30, structured: true }),
  captioner: ${ROUTE(settings)},
  ledger: S.lmdbLedger({ path: '${settings.folder}/ledger' }),
  normalise: S.houseStyle({ form: 'telegraphic' }),
  frames: S.frameFolder({ path: '${settings.folder}/frames' }),
  sink: S.avroFile({ path: '${settings.folder}/captions.avro' }),
  deadLetters: S.jsonl({ path: '${settings.folder}/dead.jsonl' }),
});
`;

/** Kafka to Kafka, exactly once, with the ledger in Kafka. */
export const kafkaPipeline = (settings: UpgradeSettings, brokers: readonly string[], prefix: string): string => `
import * as S from '${settings.root}/src/index.ts';
const brokers = ${JSON.stringify(brokers)};
const delivery = S.exactlyOnce({ brokers, groupId: '${prefix}.group' });
export default S.definePipeline({
  name: 'upgrade',
  source: S.kafkaSource({ brokers, topic: '${prefix}.packets', wire: 'raw', delivery }),
  window: S.tumbling({ everyMs: 50 }),
  renderer: S.polarity({ longSide: 64 }),
  quietBelow: 0,
  captioner: ${ROUTE(settings)},
  ledger: S.kafkaLedger({ brokers, topic: '${prefix}.ledger', ownerTimeoutMs: 3000 }),
  sink: S.kafkaSink({ brokers, topic: '${prefix}.captions', delivery }),
  deadLetters: S.kafkaSink({ brokers, topic: '${prefix}.dead', schema: 'dead-letter', delivery }),
});
`;
