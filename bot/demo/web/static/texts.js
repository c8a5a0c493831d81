// What the page says by itself, in Korean and English.

const TEXTS = {
  ko: {
    brand: "소식", demo: "체험판", title: "소식 체험판", skip: "글 상자로 건너뛰기",
    language: "언어", theme_dark: "어둡게", theme_light: "밝게", chats: "대화 목록", conversation: "대화",
    panel: "무대 뒤", panel_about: "글을 올리고, 시계를 돌리고, 봇을 꺼 보세요", i_am: "나는 지금", back: "대화 목록으로",
    close: "닫기", topics: "주제", messages: "메시지", newest: "맨 아래로", commands: "명령 목록", send: "보내기",
    reactions: "반응", ok: "확인", cancel: "취소", gone: "체험판이 끝났어요. 터미널에서 make demo 로 다시 열 수 있어요.",
    role_member: "회원", role_admin: "모임 관리자", role_anonymous: "모임 이름 뒤에 숨은 관리자", role_operator: "봇의 운영자", role_author: "글쓴이",
    word_member: "회원", word_admin: "관리자", word_anonymous: "익명 관리자", word_operator: "운영자", word_author: "글쓴이",
    who: "{name} · {role}", all_topics: "전체", members: "{n}명", subscribers: "구독자 {n}명", bot: "봇", typing: "{name} 입력 중…",
    kind_group: "모임", kind_supergroup: "큰 모임", kind_forum: "주제가 있는 모임", kind_channel: "채널", kind_talk: "채널의 이야기방",
    you: "나", edited: "수정됨", via: "@{name} 봇으로", forwarded: "{name}에서", unread: "읽지 않은 메시지 {n}개",
    today: "오늘", yesterday: "어제", empty_channel: "아직 글이 없어요. 무대 뒤에서 블로그에 글을 올리면 여기로 와요.",
    empty_chat: "아직 조용해요.", empty_private: "봇과의 대화예요. 시작을 누르면 인사해요.", photo: "사진", document: "파일",
    box: "메시지 쓰기", box_topic: "{name}에 쓰기", box_channel: "채널에 올리기", start: "시작", read_only: "이 채널에는 관리자만 글을 올려요",
    react: "반응하기", reply: "답장", edit: "고치기", remove: "지우기", replying: "{name}에게 답장", editing: "메시지 고치기", stop: "그만두기",
    reacted_by: "{emoji} {n}: {names}", reacted: "{emoji} {n}", more: "더 보기", less: "접기", spoiler: "가려진 말 보기",
    copied: "복사했어요", no_answer: "봇이 답하지 않았어요", refused: "할 수 없어요: {reason}", choose_chat: "어느 대화로 보낼까요?",
    no_commands: "여기에는 등록된 명령이 없어요", inline_none: "찾은 글이 없어요", inline_wait: "찾는 중…", menu_title: "봇이 이 사람에게 알려 준 명령",
    topic_made: "새 주제가 생겼어요: {name}", joined: "{name} 님이 들어왔어요", left: "{name} 님이 나갔어요", pinned: "메시지를 고정했어요", migrated: "큰 모임이 됐어요",
    guide: "첫 1분", guide_close: "안내 닫기", guide_try: "여기서 해 보기", guide_open: "첫 1분 안내 열기", guide_step: "{n}/5",
    guide_done: "다 해 봤어요! 이제 글을 올리는 순간 봇을 kill -9로 꺼 보세요. 다시 켜면 빠짐없이, 한 번만 와요.",
    step_latest: "독서모임에서 /latest 를 보내 보세요", step_react: "글에 반응을 달아 보세요. 마우스를 올리거나 Tab으로 글에 가서 🙂", step_react_touch: "글을 누르면 나오는 🙂로 반응을 달아 보세요",
    react_pick: "마음에 드는 반응을 하나 골라 보세요", react_counted: "봇이 이 글의 반응으로 셌어요. /top 에서도 보여요", react_lists: "목록에 단 반응은 어느 글의 것인지 알 수 없어 세지 않아요. 글 하나에 달아 보세요",
    own_bot: "내 봇 만들기", own_1: "텔레그램의 @BotFather에게 보내고 이름을 정해서 토큰을 받아요", own_2: "소식 폴더의 터미널에서 토큰, 블로그, 채널을 묻는 대로 답해요. 설정 파일을 적고 빠진 것을 확인해 줘요", own_3: "봇을 켜요. 이제 모임에 초대하고 관리자로 올리면 돼요", copy: "복사하기",
    copies_mean: "숫자는 봇이 그 방에 전한 횟수예요. 무슨 일이 있어도 1이어야 해요", clock_means: "진짜 봇은 기다리지만 여기서는 시계를 돌려요. 모아 보기와 조용한 시간이 따라와요",
    telegram_means: "진짜 텔레그램도 느리거나 끊길 때가 있어요. 그래도 봇이 빠뜨리지 않는지 보세요", kill_means: "여기서 kill -9는 정전과 같아요. 적어 둔 것에서 이어 가요", stopped_means: "진짜 봇이 꺼져 있는 동안에도 텔레그램이 메시지를 하루까지 맡아 줘요. 다시 켜면 이어서 답해요", calls_mean: "진짜 봇도 이 말만 나눠요",
    step_search: "두 글자로 찾아보세요: /search 금리", step_digest: "관리자가 되어 모아 보기 시각을 정해 보세요", step_publish: "블로그에 글을 올려 보세요. 채널과 모임으로 와요",
    done: "했어요", blog: "블로그", blog_about: "봇이 1초마다 살펴보는 진짜 RSS예요", blog_open: "블로그 보기", publish_draft: "써 둔 글 올리기", write: "직접 쓰기", by_hand: "한마디와 함께 올리기",
    post_words: "한마디", words_hint: "윤슬이 봇에게 링크와 한마디를 보내고 ‘올리기’를 눌러요. 모든 방의 글 위에 실려요",
    post_title: "제목", post_text: "본문", post_hint: "빈 줄은 문단, ‘- ’는 목록, ‘> ’는 인용, **굵게**", publish: "올리기", save: "고치기",
    not_yet: "아직 아무 데도", doubled: "겹쳤어요", writer_new: "새 글 쓰기", writer_edit: "글 고치기", use_draft: "써 둔 글 불러오기", no_drafts: "써 둔 글을 모두 올렸어요. 이제 직접 써 보세요.",
    clock: "시계", clock_real: "실제 시각과 같아요", clock_ahead: "실제보다 {text} 앞", clock_behind: "실제보다 {text} 뒤", to_digest: "다음 모아 보기까지", hour: "+1시간", no_digest: "모아 보기를 받는 대화가 없어요",
    moved_to: "지금은 {text}", night: "조용한 시간이라 새 글은 아침에 가요", telegram: "텔레그램", telegram_fine: "잘 되고 있어요",
    slow: "느리게", refusing: "거절하게", gone_short: "사라지게", is_slow: "모든 답이 3초씩 늦어요", is_refusing: "모든 요청을 429로 거절해요", is_gone: "모든 연결을 끊어요",
    seconds_left: "{n}초 남음", recover: "되돌리기", bot_process: "봇", bot_running: "일하는 중 · 프로세스 {n}", bot_starting: "켜지는 중…", bot_stopped: "꺼져 있어요",
    killed: "kill -9로 꺼졌어요", kill: "kill -9", start_bot: "다시 켜기", calls: "봇과 텔레그램이 나눈 말", calls_about: "{n}번 부름 · 거절 {m}", calls_none: "아직 없어요",
    asked: "보낸 것", answered: "돌아온 것", cut_off: "끊김", hours: "{n}시간", minutes: "{n}분", days: "{n}일", open_link: "새 창에서 열기", new_message: "{name}: {text}",
    chat_item: "{title}, {about}", at_chat: "{title} 대화",
  },
  en: {
    brand: "Sosik", demo: "demo", title: "Sosik demo", skip: "Skip to the message box",
    language: "Language", theme_dark: "Dark", theme_light: "Light", chats: "Chats", conversation: "Conversation",
    panel: "Backstage", panel_about: "Publish, turn the clock, pull the plug", i_am: "I am", back: "Back to the chats",
    close: "Close", topics: "Topics", messages: "Messages", newest: "To the newest", commands: "Commands", send: "Send",
    reactions: "Reactions", ok: "OK", cancel: "Cancel", gone: "The demo has ended. make demo in the terminal opens it again.",
    role_member: "member", role_admin: "administrator", role_anonymous: "administrator, hidden behind the group", role_operator: "operator of the bot", role_author: "author",
    word_member: "member", word_admin: "admin", word_anonymous: "anonymous admin", word_operator: "operator", word_author: "author",
    who: "{name} · {role}", all_topics: "All", members: "{n} members", subscribers: "{n} subscribers", bot: "bot", typing: "{name} is typing…",
    kind_group: "group", kind_supergroup: "supergroup", kind_forum: "group with topics", kind_channel: "channel", kind_talk: "discussion of the channel",
    you: "You", edited: "edited", via: "via @{name}", forwarded: "from {name}", unread: "{n} unread",
    today: "Today", yesterday: "Yesterday", empty_channel: "No posts yet. Publish one backstage, and it arrives here.",
    empty_chat: "It is quiet here.", empty_private: "Your chat with the bot. Press Start and it says hello.", photo: "Photo", document: "File",
    box: "Write a message", box_topic: "Write in {name}", box_channel: "Post to the channel", start: "Start", read_only: "Only administrators post in this channel",
    react: "React", reply: "Reply", edit: "Edit", remove: "Delete", replying: "Reply to {name}", editing: "Edit message", stop: "Cancel",
    reacted_by: "{emoji} {n}: {names}", reacted: "{emoji} {n}", more: "Show more", less: "Show less", spoiler: "Show hidden text",
    copied: "Copied", no_answer: "The bot did not answer", refused: "That cannot be done: {reason}", choose_chat: "Send it to which chat?",
    no_commands: "No commands are registered here", inline_none: "Nothing found", inline_wait: "Searching…", menu_title: "Commands the bot offers this person here",
    topic_made: "Topic “{name}” was created", joined: "{name} joined", left: "{name} left", pinned: "pinned a message", migrated: "became a supergroup",
    guide: "Your first minute", guide_close: "Close the guide", guide_try: "Try it here", guide_open: "Open the guide", guide_step: "{n}/5",
    guide_done: "All done! Now publish a post and kill -9 the bot in the middle. Start it again: nothing is lost, nothing comes twice.",
    step_latest: "Send /latest in the reading group", step_react: "React to a post: point at it, or go there with Tab, then 🙂", step_react_touch: "Tap a post, then 🙂, to react to it",
    react_pick: "Choose a reaction that you like", react_counted: "The bot counted it for this post; /top shows it too", react_lists: "A reaction to a list counts for no post: which would it be? React to a single one",
    own_bot: "A bot of your own", own_1: "Send this to @BotFather on Telegram and choose a name: it gives you a token", own_2: "In a terminal in Sosik's folder, answer what it asks: token, blog, channel. It writes the settings file and says what is missing", own_3: "Start. Then invite the bot to your group and make it an administrator", copy: "Copy",
    copies_mean: "How often the bot brought it there: one, whatever happens", clock_means: "A real bot waits; here the clock is turned. Digests and quiet hours follow it",
    telegram_means: "The real Telegram is slow or away at times, too. See whether the bot loses anything", kill_means: "Here kill -9 is a power cut. The bot goes on from what it wrote down", stopped_means: "While a real bot is off, Telegram keeps messages for up to a day. Started again, it answers them", calls_mean: "a real bot says nothing else",
    step_search: "Search with two syllables: /search 금리", step_digest: "Become the administrator and set the digest's time", step_publish: "Publish on the blog; it comes to the channel and the groups",
    done: "done", blog: "Blog", blog_about: "Real RSS; the bot looks every second", blog_open: "See the blog", publish_draft: "Publish a post", write: "Write one", by_hand: "Publish with a few words",
    post_words: "A few words", words_hint: "Yunseul sends the bot the link and these words, and confirms. They stand above the post in every chat",
    post_title: "Title", post_text: "Text", post_hint: "A blank line starts a paragraph, “- ” a list, “> ” a quote, **bold**", publish: "Publish", save: "Save",
    not_yet: "nowhere yet", doubled: "doubled", writer_new: "A new post", writer_edit: "Edit the post", use_draft: "Fill in a draft", no_drafts: "All drafts are published. Now write one of your own.",
    clock: "Clock", clock_real: "The real time", clock_ahead: "{text} ahead of real time", clock_behind: "{text} behind real time", to_digest: "To the next digest", hour: "+1 hour", no_digest: "No chat wants a digest",
    moved_to: "It is {text} now", night: "Quiet hours: new posts wait for the morning", telegram: "Telegram", telegram_fine: "Working well",
    slow: "Slow down", refusing: "Refuse", gone_short: "Vanish", is_slow: "Every answer takes three seconds more", is_refusing: "Every call is refused with 429", is_gone: "Every connection is cut",
    seconds_left: "{n} s left", recover: "Undo", bot_process: "Bot", bot_running: "At work · process {n}", bot_starting: "Starting…", bot_stopped: "Not running",
    killed: "Ended by kill -9", kill: "kill -9", start_bot: "Start again", calls: "What the bot and Telegram said", calls_about: "{n} calls · {m} refused", calls_none: "Nothing yet",
    asked: "Sent", answered: "Came back", cut_off: "cut", hours: "{n} h", minutes: "{n} min", days: "{n} d", open_link: "opens a new window", new_message: "{name}: {text}",
    chat_item: "{title}, {about}", at_chat: "chat {title}",
  },
};

const ZONE = "Asia/Seoul"; // where the community lives
const KEPT = "language";

export const languages = Object.keys(TEXTS);

/** What was chosen in this browser, or the first of its languages that the page has, or English. */
let language = [localStorage.getItem(KEPT), ...navigator.languages.map((tag) => tag.split("-")[0])].find((one) => languages.includes(one)) ?? "en";

export const getLanguage = () => language;

/** Speak a language, from now on and the next time. */
export function chooseLanguage(chosen) {
  language = chosen;
  localStorage.setItem(KEPT, language);
}

export function t(key, values = {}) {
  return TEXTS[language][key].replace(/\{(\w+)\}/g, (_, name) => apart(String(values[name])));
}

const TURNS = /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Bidi_Control}]/u;

/** What is read from the right, or says so, does not turn the sentence around it (UAX #9, isolates). */
const apart = (text) => (TURNS.test(text) ? `\u2068${text}\u2069` : text);

/** Fill in what the HTML marks with data-t (text) and data-label (accessible name and tooltip). */
export function translate(root = document) {
  document.documentElement.lang = language;
  document.title = t("title");
  for (const element of root.querySelectorAll("[data-t]")) element.textContent = t(element.dataset.t);
  for (const element of root.querySelectorAll("[data-label]")) {
    element.setAttribute("aria-label", t(element.dataset.label));
    if (element.tagName === "BUTTON") element.title = t(element.dataset.label);
  }
}

const formats = new Map();

function format(seconds, options) {
  const key = language + JSON.stringify(options);
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat(language, { timeZone: ZONE, ...options }));
  return formats.get(key).format(new Date(seconds * 1000));
}

export const clockTime = (seconds) => format(seconds, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
export const fullTime = (seconds) => format(seconds, { month: "long", day: "numeric", weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
export const exactTime = (seconds) => format(seconds, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
export const dayOf = (seconds) => format(seconds, { year: "numeric", month: "2-digit", day: "2-digit" });
export const hourOf = (seconds) => Number(new Intl.DateTimeFormat("en", { timeZone: ZONE, hour: "2-digit", hourCycle: "h23" }).format(new Date(seconds * 1000)));

/** The name of a day as seen from `now`. */
export function dayName(seconds, now) {
  if (dayOf(seconds) === dayOf(now)) return t("today");
  if (dayOf(seconds) === dayOf(now - 86400)) return t("yesterday");
  return format(seconds, { month: "long", day: "numeric", weekday: "long" });
}

/** The time of a message in a list: of today the hour, else the day. */
export function shortTime(seconds, now) {
  return dayOf(seconds) === dayOf(now) ? clockTime(seconds) : format(seconds, { month: "numeric", day: "numeric" });
}

/** A length of time, roughly. */
export function duration(seconds) {
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return t("minutes", { n: minutes });
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return [t("hours", { n: hours }), minutes % 60 ? t("minutes", { n: minutes % 60 }) : ""].join(" ").trim();
  return [t("days", { n: Math.floor(hours / 24) }), hours % 24 ? t("hours", { n: hours % 24 }) : ""].join(" ").trim();
}
