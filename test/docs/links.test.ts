import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const markdown = (folder: string): string[] => readdirSync(join(root, folder)).filter((name) => name.endsWith('.md'));
const pages = [
  ...markdown('.'),
  ...markdown('docs').map((name) => `docs/${name}`),
  ...markdown('docs/decisions').map((name) => `docs/decisions/${name}`),
];

it.each(pages)('%s links to files that are there', (page) => {
  const text = readFileSync(join(root, page), 'utf8').replaceAll(/```[\s\S]*?```/g, '');
  const targets = [...text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map(([, target]) => target!);
  const missing = targets.filter((target) => !target.includes('://') && !existsSync(resolve(root, dirname(page), target)));
  expect(missing).toEqual([]);
});

/** Paths of this project that a page names as code; a decision tells of its day, and so does the changelog. */
it.each(pages.filter((page) => !page.includes('decisions/') && page !== 'CHANGELOG.md'))('%s names files that are there', (page) => {
  const text = readFileSync(join(root, page), 'utf8');
  const named = [...text.matchAll(/`((?:src|test|scripts|bench|docs|schemas|pipelines|kernels|kafka-broker)\/[\w./-]+)`/g)].map(
    ([, path]) => path!,
  );
  // DATE and VERSION stand for what changes.
  expect(named.filter((path) => !/[A-Z]{4}/.test(path) && !existsSync(join(root, path)))).toEqual([]);
});
