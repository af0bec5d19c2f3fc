import { describe, expect, it } from 'vitest';
import { egressOf, isEgressEntry } from '../src/egressOf.ts';

describe('egressOf (issue 11)', () => {
  it.each([
    ['api.openai.com', 'api.openai.com', 443, true],
    ['api.openai.com', 'API.OpenAI.com', 443, true],
    ['api.openai.com', 'api.openai.com.', 443, true],
    ['api.openai.com', 'api.openai.com.evil.example', 443, false],
    ['api.openai.com', 'xapi.openai.com', 443, false],
    ['api.openai.com', 'openai.com', 443, false],
    ['*.openai.com', 'api.openai.com', 443, true],
    ['*.openai.com', 'a.b.openai.com', 443, true],
    ['*.openai.com', 'openai.com', 443, false],
    ['*.openai.com', 'evilopenai.com', 443, false],
    ['broker:9092', 'broker', 9092, true],
    ['broker:9092', 'broker', 9093, false],
    ['10.0.0.0/8', '10.200.3.4', 1, true],
    ['10.0.0.0/8', '11.0.0.1', 1, false],
    ['10.0.0.0/8', '10.0.0.1.evil.example', 1, false],
    ['10.1.2.3', '10.1.2.3', 1, true],
    ['10.1.2.3:80', '10.1.2.3', 81, false],
    ['[fd00::]/8', 'fd12::1', 1, true],
    ['[fd00::]/8:80', '[fd12::1]', 80, true],
    ['[fd00::]/8', 'fe80::1', 1, false],
    ['10.0.0.0/8', '::ffff:10.0.0.1', 1, true],
    ['localhost', '127.0.0.1', 1, true],
    ['localhost', '::1', 1, true],
    ['127.0.0.1', 'localhost', 1, false],
  ])('%s: %s port %d: %j', (entry, host, port, allowed) => {
    expect(isEgressEntry(entry)).toBe(true);
    expect(egressOf([entry]).allows(host, port)).toBe(allowed);
  });

  it('allows nothing where the list is empty', () => {
    expect(egressOf([]).allows('localhost', 1)).toBe(false);
  });

  it.each([
    '',
    '*',
    '*.*',
    'http://a',
    'a/b',
    'a b',
    'a:99999',
    '10.0.0.0/33',
    '[fd00::]/129',
    '1234',
    '10.0.0',
    '*.10.0.0.1',
    'a..b',
    'user@a',
    'a:',
  ])('refuses %j as an entry', (entry) => {
    expect(isEgressEntry(entry)).toBe(false);
  });
});
