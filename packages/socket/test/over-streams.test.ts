// The claims of these files once more, over the other transport.
import './default-to-streams.ts';
import './closing.test.ts';
import './duplex.test.ts';
import './failures.test.ts';
import './handshake.test.ts';
import './listener.test.ts';
import './reading.test.ts';
import './sessions.test.ts';
import './wrap-socket.test.ts';
import './writing.test.ts';
