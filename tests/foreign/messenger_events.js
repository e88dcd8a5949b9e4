// What bottender takes events for: the is… properties that are true, and a few of its values.
const { camelcaseKeysDeep } = require("messaging-api-common"); // as bottender's server does
const MessengerEvent = require("bottender/dist/messenger/MessengerEvent").default;

const payloads = camelcaseKeysDeep(JSON.parse(require("fs").readFileSync(0, "utf8")));
const kinds = Object.getOwnPropertyNames(MessengerEvent.prototype).filter((name) =>
  name.startsWith("is"));
const read = (pageId, isStandby) => (item) => {
  const event = new MessengerEvent(item, { pageId, isStandby });
  return {
    kinds: kinds.filter((name) => event[name] === true),
    text: event.text,
    payload: event.payload,
    ref: event.ref,
  };
};
console.log(JSON.stringify(payloads.map(({ entry }) =>
  entry.flatMap(({ id, messaging = [], standby = [] }) =>
    [...messaging.map(read(id, false)), ...standby.map(read(id, true))]))));
