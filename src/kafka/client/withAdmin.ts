import type kafkajs from 'kafkajs';

/** Does work with an admin client that is connected for it alone. */
export async function withAdmin<Out>(kafka: kafkajs.Kafka, work: (admin: kafkajs.Admin) => Promise<Out>): Promise<Out> {
  const admin = kafka.admin();
  try {
    await admin.connect();
    return await work(admin);
  } finally {
    await admin.disconnect();
  }
}
