import type kafkajs from 'kafkajs';
import { PipelineError, messageOf } from '../../errors.ts';
import type { Delivery } from '../../kafka/delivery/delivery.ts';
import type { Packet } from '../../stage/packet.ts';
import { GroupMember, type GroupMemberOptions } from './groupMember.ts';
import type { PacketDecoder } from './packetDecoder.ts';

/** Reads packets as a member of a consumer group until the signal aborts. */
export async function* readConsumerGroup(
  kafka: kafkajs.Kafka,
  delivery: Delivery,
  decode: PacketDecoder,
  options: GroupMemberOptions,
  signal: AbortSignal,
): AsyncGenerator<Packet, void> {
  const member = new GroupMember(kafka, delivery, decode, options);
  const onAbort = (): void => member.stop();
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  try {
    await member.start();
    yield* member.packets();
  } catch (cause) {
    if (cause instanceof PipelineError) throw cause;
    throw new PipelineError('SOURCE_FAILED', `Kafka: ${messageOf(cause)}`, { cause, retryable: true });
  } finally {
    signal.removeEventListener('abort', onAbort);
    member.stop();
  }
}
