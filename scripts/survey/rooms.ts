/*
  The rules of the house, written once: scripts/survey.ts measures how they are kept, test/house.test.ts and the linter's
  plug-in scripts/houseLint.ts fail where they are broken.
*/

/**
 * The rooms of src/ from the bottom to the top: a folder, or a file that lies in src/ itself. A file imports from its own room
 * and from those below it. Rooms of one line are on one floor, and may use each other. The order is that of the flow, but for
 * one: a source that reads recordings knows the formats, and no decoder knows a source.
 */
export const floors: readonly (readonly string[])[] = [
  ['errors', 'readOptions', 'secret', 'random', 'unpack', 'redactor', 'listenAddress', 'egressOf', 'guardEgress', 'visible'],
  ['files'],
  ['stage'],
  ['avro', 'kafka'],
  ['decode'],
  ['consume'],
  ['frame'],
  ['motion'],
  ['interpret'],
  ['normalise'],
  ['publish'],
  ['definePipeline', 'pipelineReaches'],
  ['drift'],
  ['sim'],
  ['watch'],
  ['threads'],
  ['captionWith', 'captions', 'outputsInto', 'runPipeline'],
  ['cli'],
  ['index'],
];

/** Names of rooms in revisions before the house was ordered, and the room whose place they had. Renaming something today changes none. */
export const formerRooms: Readonly<Record<string, string>> = {
  everyContainer: 'consume',
  everyFormat: 'decode',
  lives: 'captions',
  options: 'readOptions',
  pipeline: 'runPipeline',
  secrets: 'secret',
};

/** Folders that hold plug-ins and nothing else: what two of them share lies in a folder of its own, such as `support/`. */
export const pluginFolders: readonly string[] = [
  'sources',
  'containers',
  'formats',
  'encoders',
  'filters',
  'windows',
  'renderers',
  'providers',
  'combinators',
  'ledgers',
  'prompts',
  'codecs',
  'rules',
  'forms',
  'normalisers',
  'sinks',
  'frameStores',
  'commands',
  'styles',
  'apis',
  // Names of such folders in earlier revisions.
  'manners',
  'wires',
];

/** Files that need not be named as one of their exports, each with the reason. */
export const unnamed: readonly { readonly path: RegExp; readonly reason: string }[] = [
  { path: /^src\/index\.ts$/, reason: 'the entry is a list of names' },
  { path: /(^|\/)(main|worker)\.ts$/, reason: 'it is started, not imported' },
  { path: /\.d\.ts$/, reason: 'it declares the types of a module of others, under the name of that' },
  { path: /^src\/errors\.ts$/, reason: 'the error and the functions that read one belong together' },
  { path: /^src\/decode\/kernels\/kernelBytes\.ts$/, reason: 'it is generated' },
];

/** Files outside of the entry and the command line that import plug-ins, each with the reason. */
export const knowPlugins: readonly { readonly path: RegExp; readonly reason: string }[] = [
  { path: /^src\/(index\.ts|cli\/)/, reason: 'the entry and the command line put pipelines together' },
  { path: /^src\/(definePipeline|captionWith)\.ts$/, reason: 'it fills in what a pipeline leaves out' },
  { path: /\/(all|every)(Formats?|Containers?)\.ts$/, reason: 'it is the list of them' },
  { path: /\/houseStyle\.ts$/, reason: 'it is the list of the rules and forms' },
  { path: /^src\/sim\//, reason: 'the simulator is not a stage: it plays all its vendors' },
];
