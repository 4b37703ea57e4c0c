// Changes bytes at random: blindly, or in the frame of TLS records and handshake messages, so that what is inside gets
// past the checks of the lengths around it.

const INTERESTING_BYTES = [0x00, 0x01, 0x7f, 0x80, 0xfe, 0xff, 0x30, 0x82, 0x16];
const INTERESTING_LENGTHS = [0, 1, 2, 0x7f, 0x80, 0xff, 0x100, 0x3fff, 0x4000, 0x4001, 0x4100, 0x7fff, 0x8000, 0xffff];
const LARGEST = 70_000; // as much as a test of a few records needs

const BLIND = [
  function flipBit(random, bytes) {
    const at = random.below(bytes.length);
    bytes[at] ^= 1 << random.below(8);
    return bytes;
  },
  function setByte(random, bytes) {
    bytes[random.below(bytes.length)] = random.oneIn(2) ? random.pick(INTERESTING_BYTES) : random.below(256);
    return bytes;
  },
  function addToByte(random, bytes) {
    const at = random.below(bytes.length);
    bytes[at] += random.below(9) - 4;
    return bytes;
  },
  function setLength(random, bytes) {
    if (bytes.length >= 2) bytes.writeUInt16BE(random.pick(INTERESTING_LENGTHS), random.below(bytes.length - 1));
    return bytes;
  },
  function remove(random, bytes) {
    const start = random.below(bytes.length);
    const end = start + 1 + random.below(Math.min(64, bytes.length - start));
    return Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)]);
  },
  function truncate(random, bytes) {
    return bytes.subarray(0, random.below(bytes.length));
  },
  function insert(random, bytes) {
    const at = random.below(bytes.length + 1);
    return Buffer.concat([bytes.subarray(0, at), random.bytes(1 + random.below(32)), bytes.subarray(at)]);
  },
  function repeat(random, bytes) {
    const start = random.below(bytes.length);
    const part = bytes.subarray(start, start + 1 + random.below(Math.min(256, bytes.length - start)));
    return Buffer.concat([bytes.subarray(0, start), ...Array(1 + random.below(20)).fill(part), bytes.subarray(start)]);
  },
  function move(random, bytes) {
    const length = 1 + random.below(Math.min(32, bytes.length));
    const from = random.below(bytes.length - length + 1);
    bytes.copy(bytes, random.below(bytes.length - length + 1), from, from + length);
    return bytes;
  },
];

/** Changes a copy of `bytes` in one to four places; another input may lend a piece. */
export function mutateBytes(random, bytes, others = []) {
  let mutant = Buffer.from(bytes);
  for (let count = 1 + random.below(4); count > 0; count -= 1) {
    if (mutant.length === 0) mutant = random.bytes(1 + random.below(16));
    else if (others.length > 0 && random.oneIn(12)) mutant = splice(random, mutant, random.pick(others));
    else mutant = random.pick(BLIND)(random, mutant);
  }
  return mutant.subarray(0, LARGEST);
}

function splice(random, bytes, other) {
  const head = bytes.subarray(0, random.below(bytes.length + 1));
  return Buffer.concat([head, other.subarray(random.below(other.length))]);
}

/** Changes TLS records: mostly within one of them, with the lengths around it put right again. */
export function mutateFlight(random, flight, others = []) {
  const records = splitRecords(flight);
  if (records.length === 0 || random.oneIn(4)) return mutateBytes(random, flight, others);
  for (let count = 1 + random.below(2); count > 0; count -= 1) {
    random.pick([
      mutatePayload,
      mutatePayload,
      mutateMessage,
      mutateMessage,
      mutateVector,
      rearrange,
      refragment,
      addForeign,
    ])(random, records, others);
  }
  return joinRecords(records).subarray(0, LARGEST);
}

const HANDSHAKE = 22; // RFC 8446 §5.1, as are the other types below

function mutatePayload(random, records, others) {
  const record = random.pick(records);
  record.payload = mutateBytes(random, record.payload, others);
}

function mutateMessage(random, records) {
  changeMessage(random, records, (body) => mutateBytes(random, body));
}

/** Changes what a length of two bytes stands before, and that length, and one that reaches to the end of the message. */
function mutateVector(random, records) {
  changeMessage(random, records, (body) => {
    const starts = [];
    for (let at = 0; at + 2 < body.length; at += 1) {
      const length = body.readUInt16BE(at);
      if (length > 0 && at + 2 + length <= body.length) starts.push(at);
    }
    if (starts.length === 0) return body;
    const at = random.pick(starts);
    const length = body.readUInt16BE(at);
    const content = mutateBytes(random, body.subarray(at + 2, at + 2 + length));
    const changed = Buffer.concat([body.subarray(0, at + 2), content, body.subarray(at + 2 + length)]);
    changed.writeUInt16BE(content.length & 0xffff, at);
    for (const outer of starts) {
      if (outer >= at || outer + 2 + body.readUInt16BE(outer) !== body.length) continue;
      changed.writeUInt16BE((changed.length - outer - 2) & 0xffff, outer);
      break;
    }
    return changed;
  });
}

/** A handshake message is a type, a length of three bytes and a body: RFC 8446 §4. */
function changeMessage(random, records, change) {
  const record = random.pick(records);
  const messages = [];
  let rest = record.payload;
  while (record.type === HANDSHAKE && rest.length >= 4 && rest.readUIntBE(1, 3) + 4 <= rest.length) {
    messages.push(rest.subarray(0, rest.readUIntBE(1, 3) + 4));
    rest = rest.subarray(messages.at(-1).length);
  }
  if (messages.length === 0) {
    record.payload = mutateBytes(random, record.payload);
    return;
  }
  const index = random.below(messages.length);
  const body = change(messages[index].subarray(4));
  const header = Buffer.alloc(4);
  header[0] = random.oneIn(10) ? random.below(26) : messages[index][0];
  header.writeUIntBE(body.length, 1, 3);
  messages[index] = Buffer.concat([header, body]);
  record.payload = Buffer.concat([...messages, rest]);
}

function rearrange(random, records) {
  const at = random.below(records.length);
  const [record] = records.splice(at, 1);
  switch (random.below(4)) {
    case 0:
      break; // lost
    case 1:
      records.splice(at, 0, record, { ...record }); // twice
      break;
    case 2:
      records.splice(random.below(records.length + 1), 0, record); // elsewhere
      break;
    default:
      records.splice(at, 0, { ...record, type: random.oneIn(4) ? random.below(256) : 20 + random.below(5) });
  }
  if (records.length === 0) records.push(record);
}

/** Spreads a message over records, or puts two records into one. */
function refragment(random, records) {
  const at = random.below(records.length);
  const record = records[at];
  const next = records[at + 1];
  if (next !== undefined && next.type === record.type && random.oneIn(2)) {
    records.splice(at, 2, { ...record, payload: Buffer.concat([record.payload, next.payload]) });
    return;
  }
  const cut = random.below(record.payload.length + 1);
  records.splice(
    at,
    1,
    { ...record, payload: record.payload.subarray(0, cut) },
    { ...record, payload: record.payload.subarray(cut) },
  );
}

/** Records that any peer could send at any time: nothing, a change of cipher, alerts, another flight's. */
function addForeign(random, records, others) {
  const version = 0x0303;
  const foreign = [
    { type: HANDSHAKE, version, payload: Buffer.alloc(0) },
    { type: 23, version, payload: Buffer.alloc(0) },
    { type: 20, version, payload: Buffer.of(1) },
    { type: 21, version, payload: Buffer.of(1 + random.below(2), random.below(121)) },
    { type: HANDSHAKE, version, payload: Buffer.of(0, 0, 0, 0) }, // HelloRequest, RFC 5246 §7.4.1.1
    { type: HANDSHAKE, version, payload: Buffer.of(24, 0, 0, 1, random.below(3)) }, // KeyUpdate, RFC 8446 §4.6.3
    ...(others.length > 0 ? splitRecords(random.pick(others)) : []),
  ];
  const added = Array.from({ length: random.oneIn(20) ? 40 : 1 }, () => random.pick(foreign));
  records.splice(random.below(records.length + 1), 0, ...added);
}

/** The whole records of a flight: type, version, length of two bytes, payload. */
function splitRecords(flight) {
  const records = [];
  let rest = flight;
  while (rest.length >= 5 && rest.readUInt16BE(3) + 5 <= rest.length) {
    const end = rest.readUInt16BE(3) + 5;
    records.push({ type: rest[0], version: rest.readUInt16BE(1), payload: rest.subarray(5, end) });
    rest = rest.subarray(end);
  }
  return records;
}

function joinRecords(records) {
  return Buffer.concat(
    records.flatMap(({ type, version, payload }) => {
      const header = Buffer.alloc(5);
      header[0] = type;
      header.writeUInt16BE(version, 1);
      header.writeUInt16BE(Math.min(payload.length, 0xffff), 3);
      return [header, payload];
    }),
  );
}
