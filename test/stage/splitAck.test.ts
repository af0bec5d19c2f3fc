import { describe, expect, it, vi } from 'vitest';
import { splitAck } from '../../src/stage/splitAck.ts';

describe('splitAck', () => {
  it('acks when every share was called and the splitter is closed, and not before', () => {
    const ack = vi.fn();
    const { share, close } = splitAck(ack);
    const [first, second] = [share(), share()];
    first();
    close();
    expect(ack).not.toHaveBeenCalled();
    second();
    expect(ack).toHaveBeenCalledOnce();
  });

  it('does not ack while it is open, though all shares given so far were called', () => {
    const ack = vi.fn();
    const { share, close } = splitAck(ack);
    share()();
    expect(ack).not.toHaveBeenCalled();
    close();
    expect(ack).toHaveBeenCalledOnce();
  });

  it('counts a share that is called twice once', () => {
    const ack = vi.fn();
    const { share, close } = splitAck(ack);
    const [first, second] = [share(), share()];
    close();
    first();
    first();
    expect(ack).not.toHaveBeenCalled();
    second();
    expect(ack).toHaveBeenCalledOnce();
  });

  it('acks at once when nobody holds a share', () => {
    const ack = vi.fn();
    splitAck(ack).close();
    expect(ack).toHaveBeenCalledOnce();
  });
});
