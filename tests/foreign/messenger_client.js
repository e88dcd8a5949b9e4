// Calls messaging-api-messenger as told: {client: its options, calls: [[method, ...arguments], ...]}.
const { MessengerClient } = require("messaging-api-messenger");

async function main() {
  const { client, calls } = JSON.parse(require("fs").readFileSync(0, "utf8"));
  const messenger = new MessengerClient(client);
  const answers = [];
  for (const [method, ...given] of calls) {
    try {
      const values = given.map((value) =>
        value && value.buffer ? Buffer.from(value.buffer, "base64") : value);
      answers.push({ answer: await messenger[method](...values) });
    } catch (error) {
      answers.push({ error: error.message });
    }
  }
  console.log(JSON.stringify(answers));
}

main();
