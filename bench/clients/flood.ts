import { type Socket, connect } from 'node:net';

/*
  Started by bench/clients.ts as a process of its own: 2,000 clients of the port that is given, which mean harm. A third holds its
  connection and says nothing, a third sends a header byte by byte, a third asks for the metrics and does not read them. A connection
  that is closed is made again at once.
*/
const port = Number(process.argv[2]);
const CLIENTS = 2000;
const REQUEST = 'GET /metrics HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n';

const ways: readonly ((socket: Socket) => void)[] = [
  () => {},
  (socket) => {
    let sent = 0;
    const timer = setInterval(() => socket.write(REQUEST[sent++ % 20]!), 500);
    socket.once('close', () => clearInterval(timer));
  },
  (socket) => socket.pause().write(REQUEST),
];

function attack(n: number): void {
  const socket = connect(port, '127.0.0.1');
  socket.once('connect', () => ways[n % ways.length]!(socket));
  socket.on('error', () => {});
  socket.once('close', () => setTimeout(() => attack(n), 100));
}
for (let n = 0; n < CLIENTS; n++) attack(n);
process.send?.('ready');
