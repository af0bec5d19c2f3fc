import type kafkajs from 'kafkajs';

/** Connects an admin client for the time of `work`. */
export async function withAdmin<Out>(kafka: kafkajs.Kafka, work: (admin: kafkajs.Admin) => Promise<Out>): Promise<Out> {
  const admin = kafka.admin();
  try {
    await admin.connect();
    return await work(admin);
  } finally {
    await admin.disconnect();
  }
}
