import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const compose = readFileSync(new URL('../../docker-compose.yml', import.meta.url), 'utf8');
const [, text = ''] = /^services:\n([^]*?)^volumes:/m.exec(compose) ?? [];
const services = text
  .split(/^(?= {2}[a-z-]+:$)/m)
  .map((lines) => [/^ {2}([a-z-]+):$/m.exec(lines)?.[1], lines] as const)
  .filter((entry): entry is [string, string] => entry[0] !== undefined);

describe('docker-compose.yml (issue 11)', () => {
  it('has services', () => {
    expect(services.map(([name]) => name)).toEqual(expect.arrayContaining(['kafka', 'saccade', 'prometheus', 'grafana']));
  });

  it('opens ports to this machine alone', () => {
    const ports = compose.match(/^ *ports: \[(.*)\]$/gm) ?? [];
    expect(ports.length).toBeGreaterThan(4);
    expect(ports.filter((line) => !/\['127\.0\.0\.1:\d+:\d+'\]$/.test(line))).toEqual([]);
    expect(compose).not.toMatch(/^ *ports:\s*$/m);
  });

  it.each(services)('%s: no capabilities, no further rights, bounded memory, not as root', (_, lines) => {
    expect(lines).toMatch(/<<: \*(confined|saccade)/);
    if (lines.includes('*saccade')) return; // the image's own user, and the limits of the anchor
    expect(lines).toMatch(/mem_limit: \d+[mg]/);
    expect(lines).toMatch(/user: (?!root|'?0\b)/);
  });

  it('has the limits in its anchors', () => {
    expect(compose).toMatch(/x-confined:.*\n {2}cap_drop: \[ALL\]\n {2}security_opt: \['no-new-privileges:true'\]/);
    expect(compose).toMatch(/x-saccade:[^]*?<<: \*confined[^]*?read_only: true[^]*?mem_limit: \d+g/);
    expect(readFileSync(new URL('../../Dockerfile', import.meta.url), 'utf8')).toMatch(/^USER node$/m);
  });

  it('takes the password of Grafana from the environment, and has none of its own', () => {
    expect(compose).toMatch(/GF_SECURITY_ADMIN_PASSWORD: \$\{GRAFANA_PASSWORD:\?/);
  });
});
