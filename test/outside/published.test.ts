import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const run = promisify(execFile);

/** The package as `npm publish` would send it, installed in a project of its own. */
async function installed(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'saccade-published-'));
  const pkg = join(folder, 'package');
  mkdirSync(pkg);
  await run(join(root, 'node_modules/.bin/tsc'), ['-p', join(root, 'tsconfig.build.json'), '--outDir', join(pkg, 'dist')]);
  const { publishConfig, ...manifest } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { publishConfig: object };
  writeFileSync(join(pkg, 'package.json'), JSON.stringify({ ...manifest, ...publishConfig }));
  cpSync(join(root, 'schemas'), join(pkg, 'schemas'), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(pkg, 'node_modules'));
  const app = join(folder, 'app');
  mkdirSync(join(app, 'node_modules'), { recursive: true });
  symlinkSync(pkg, join(app, 'node_modules/saccade'));
  for (const name of ['rxjs', '@types']) symlinkSync(join(root, 'node_modules', name), join(app, 'node_modules', name));
  for (const name of readdirSync(import.meta.dirname).filter((file) => !file.endsWith('.test.ts')))
    cpSync(join(import.meta.dirname, name), join(app, name));
  writeFileSync(join(app, 'package.json'), JSON.stringify({ type: 'module' }));
  const { compilerOptions } = JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8')) as { compilerOptions: object };
  writeFileSync(
    join(app, 'tsconfig.json'),
    JSON.stringify({
      compilerOptions: { ...compilerOptions, rewriteRelativeImportExtensions: false, allowImportingTsExtensions: true },
      include: ['*.ts'],
    }),
  );
  return app;
}

it('the published package loads, and plug-ins from outside type-check against it', { timeout: 120_000 }, async () => {
  const app = await installed();
  const { stdout } = await run(join(root, 'node_modules/.bin/tsc'), ['-p', app]).catch((error: { stdout: string }) => error);
  expect(stdout).toBe('');
  const program = `import * as s from 'saccade'; import { average } from './average.ts'; console.log(Object.keys(s).length, average().name);`;
  writeFileSync(join(app, 'main.ts'), program);
  const said = await run(process.execPath, [join(app, 'main.ts')]);
  expect(said.stdout).toMatch(/^\d{3} average\n$/);
});
