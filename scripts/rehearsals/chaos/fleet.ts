import { setTimeout as sleep } from 'node:timers/promises';
import { say } from '../../../test/rig/report.ts';
import type { RigSettings } from '../../../test/rig/rigPipeline.ts';
import { type Instance, startInstance } from '../../../test/rig/startInstance.ts';

/** Draws an integer from 0 to below `below`. */
export type Draw = (below: number) => number;

/** The running instances of one pipeline, and what can happen to them. */
export class Fleet {
  readonly #settings: RigSettings;
  readonly #draw: Draw;
  #instances: Instance[] = [];
  #failures = 0;

  constructor(settings: RigSettings, draw: Draw) {
    this.#settings = settings;
    this.#draw = draw;
  }

  get size(): number {
    return this.#instances.length;
  }

  /** Instances that ended by themselves with an exit code other than 0. */
  get failures(): number {
    return this.#failures;
  }

  start(): void {
    const instance = startInstance(this.#settings);
    this.#instances.push(instance);
    void instance.ended.then(({ code }) => {
      this.#instances = this.#instances.filter((one) => one !== instance);
      if (code === null || code === 0) return;
      this.#failures++;
      say(`  instance ${instance.pid} ended with ${code}: ${instance.stderr().trim()}`);
    });
  }

  /** One instance at least makes captions. */
  ensureOne(): void {
    if (this.#awake().length === 0) this.start();
  }

  async kill(): Promise<void> {
    this.#pick()?.signal('SIGKILL');
    await sleep(this.#draw(500));
    this.start();
  }

  async term(): Promise<void> {
    await this.#pick()?.stop();
    this.ensureOne();
  }

  /** Stopped for longer than its session, so that the group gives its partitions to others; then it runs on. */
  async freeze(): Promise<void> {
    const instance = this.#pick();
    instance?.signal('SIGSTOP');
    this.ensureOne();
    await sleep(6500);
    instance?.signal('SIGCONT');
  }

  async grow(): Promise<void> {
    while (this.size < 3) this.start();
    await sleep(3000);
  }

  async shrink(): Promise<void> {
    await Promise.all(this.#awake().slice(1).map(stop));
  }

  async stopAll(): Promise<void> {
    await Promise.all(this.#instances.map(stop));
  }

  #awake(): Instance[] {
    return this.#instances.filter((instance) => !instance.isFrozen());
  }

  #pick(): Instance | undefined {
    const awake = this.#awake();
    return awake[this.#draw(awake.length)];
  }
}

const stop = async (instance: Instance): Promise<unknown> => instance.stop();
