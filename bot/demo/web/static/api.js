// The server: orders by POST, everything that happens by WebSocket. The token is this page's only.

const token = document.querySelector("meta[name=token]").content;
const FIRST_WAIT = 400;
const LONGEST_WAIT = 5000;

async function ask(path, options = {}) {
  const response = await fetch(path, { ...options, headers: { "X-Control-Token": token } });
  const answer = await response.json();
  if (answer.error) throw new Error(answer.error);
  return answer;
}

const post = (path, order) => ask(path, { method: "POST", body: JSON.stringify(order) });

export const act = (order) => post("/demo/act", order);
export const command = (order) => post("/demo/order", order);
export const setLanguage = (persona, language) => post("/demo/language", { persona, language });
export const getCommands = (persona, chat) => ask(`/demo/commands?persona=${persona}&chat=${chat}`);
export const getMessages = (chat, before) => ask(`/demo/messages?chat=${chat}&before=${before}`);
export const fileAddress = (name) => `/demo/files/${encodeURIComponent(name)}?token=${token}`;

/** Call `told` with all that happens, `here` with whether the server is there. Never ends. */
export function listen(told, here) {
  let wait = FIRST_WAIT;
  const connect = () => {
    const socket = new WebSocket(`ws://${location.host}/demo/live?token=${token}`);
    socket.onopen = () => {
      wait = FIRST_WAIT;
      here(true);
    };
    socket.onmessage = (event) => told(JSON.parse(event.data));
    socket.onclose = () => {
      here(false);
      setTimeout(reconnect, wait);
      wait = Math.min(wait * 2, LONGEST_WAIT);
    };
  };
  const reconnect = async () => {
    const page = await fetch("/").then((response) => (response.ok ? response.text() : ""), () => "");
    if (page && !page.includes(token)) location.reload(); // another demo has begun here
    else connect();
  };
  connect();
}
