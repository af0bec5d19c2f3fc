import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { main as compile } from 'assemblyscript/asc';

const FLAGS = ['--runtime', 'stub', '--enable', 'simd', '-O3', '--noAssert', '--importMemory'];

/** Compiles `kernels/evt.ts` and returns the text that holds it, as `src/decode/kernels/kernelBytes.ts` keeps it. */
export async function buildKernel(): Promise<string> {
  let wasm = new Uint8Array(0);
  const { error } = await compile(['evt.ts', '-o', 'evt.wasm', ...FLAGS], {
    readFile: (name) => (name === 'evt.ts' ? readFileSync(new URL('evt.ts', import.meta.url), 'utf8') : null),
    writeFile: (_, contents) => {
      wasm = Uint8Array.from(contents as Uint8Array);
    },
    listFiles: () => [],
  });
  if (error) throw error;
  const base64 = Buffer.from(wasm).toString('base64');
  return `/** Made by \`npm run kernels\` from kernels/evt.ts: WebAssembly as base64. A test compares the two. */\nexport const KERNEL =\n  '${base64}';\n`;
}

if (import.meta.main) writeFileSync(fileURLToPath(new URL('../src/decode/kernels/kernelBytes.ts', import.meta.url)), await buildKernel());
