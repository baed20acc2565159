// The emoji short codes people and SIMA write, and how each is shown.

import { h } from "./dom.js";

const SHORT_CODES = {
  rotating_light: "🚨", red_circle: "🔴", large_red_circle: "🔴", large_orange_circle: "🟠", large_yellow_circle: "🟡",
  large_green_circle: "🟢", large_blue_circle: "🔵", blue_circle: "🔵", large_purple_circle: "🟣", large_brown_circle: "🟤",
  white_circle: "⚪", black_circle: "⚫", large_red_square: "🟥", red_square: "🟥", large_orange_square: "🟧",
  large_yellow_square: "🟨", large_green_square: "🟩", large_blue_square: "🟦", white_large_square: "⬜", black_large_square: "⬛",
  pager: "📟", pushpin: "📌", round_pushpin: "📍", memo: "📝", pencil: "✏️", pencil2: "✏️", white_check_mark: "✅",
  heavy_check_mark: "✔️", ballot_box_with_check: "☑️", warning: "⚠️", bust_in_silhouette: "👤", busts_in_silhouette: "👥",
  speech_balloon: "💬", hourglass: "⌛", hourglass_flowing_sand: "⏳", stopwatch: "⏱️", timer_clock: "⏲️", alarm_clock: "⏰",
  clock1: "🕐", clock3: "🕒", clock9: "🕘", watch: "⌚", calendar: "📅", date: "📅", spiral_calendar_pad: "🗓️",
  fire: "🔥", fire_engine: "🚒", firefighter: "🧑‍🚒", ambulance: "🚑", sos: "🆘", boom: "💥", zap: "⚡", bell: "🔔", no_bell: "🔕",
  mega: "📣", loudspeaker: "📢", satellite_antenna: "📡", telephone_receiver: "📞", phone: "☎️", iphone: "📱", email: "📧", envelope: "✉️",
  incoming_envelope: "📨", inbox_tray: "📥", outbox_tray: "📤", link: "🔗", lock: "🔒", unlock: "🔓", closed_lock_with_key: "🔐", key: "🔑",
  shield: "🛡️", wrench: "🔧", hammer: "🔨", hammer_and_wrench: "🛠️", tools: "🛠️", gear: "⚙️", toolbox: "🧰", mag: "🔍", mag_right: "🔎",
  eyes: "👀", eye: "👁️", wave: "👋", raised_hand: "✋", hand: "✋", raising_hand: "🙋", raised_hands: "🙌", pray: "🙏", clap: "👏",
  muscle: "💪", "+1": "👍", thumbsup: "👍", "-1": "👎", thumbsdown: "👎", ok_hand: "👌", point_right: "👉", point_left: "👈",
  point_up: "☝️", point_down: "👇", handshake: "🤝", dart: "🎯", tada: "🎉", sparkles: "✨", star: "⭐", medal: "🏅", trophy: "🏆",
  rocket: "🚀", airplane: "✈️", ship: "🚢", construction: "🚧", traffic_light: "🚦", vertical_traffic_light: "🚦", octagonal_sign: "🛑", no_entry: "⛔",
  no_entry_sign: "🚫", x: "❌", negative_squared_cross_mark: "❎", heavy_multiplication_x: "✖️", question: "❓", grey_question: "❔",
  exclamation: "❗", heavy_exclamation_mark: "❗", bangbang: "‼️", information_source: "ℹ️", bulb: "💡", books: "📚", book: "📖",
  open_book: "📖", notebook: "📓", clipboard: "📋", page_facing_up: "📄", page_with_curl: "📃", bookmark: "🔖", bookmark_tabs: "📑",
  label: "🏷️", ledger: "📒", scroll: "📜", newspaper: "📰", file_folder: "📁", open_file_folder: "📂", card_index: "📇",
  card_index_dividers: "🗂️", paperclip: "📎", wastebasket: "🗑️", chart_with_upwards_trend: "📈", chart_with_downwards_trend: "📉",
  bar_chart: "📊", repeat: "🔁", arrows_counterclockwise: "🔄", arrows_clockwise: "🔃", leftwards_arrow_with_hook: "↩️",
  arrow_right_hook: "↪️", arrow_right: "➡️", arrow_left: "⬅️", arrow_up: "⬆️", arrow_down: "⬇️", arrow_up_small: "🔼",
  arrow_down_small: "🔽", arrow_heading_up: "⤴️", arrow_heading_down: "⤵️", fast_forward: "⏩", rewind: "⏪", double_vertical_bar: "⏸️",
  arrow_forward: "▶️", black_square_for_stop: "⏹️", checkered_flag: "🏁", triangular_flag_on_post: "🚩", white_flag: "🏳️",
  thread: "🧵", spider_web: "🕸️", bug: "🐛", robot_face: "🤖", ghost: "👻", skull: "💀", microscope: "🔬", test_tube: "🧪",
  adhesive_bandage: "🩹", stethoscope: "🩺", thermometer: "🌡️", pill: "💊", seedling: "🌱", herb: "🌿", evergreen_tree: "🌲", sunny: "☀️",
  partly_sunny: "⛅", cloud: "☁️", rain_cloud: "🌧️", thunder_cloud_and_rain: "⛈️", snowflake: "❄️", rainbow: "🌈", ocean: "🌊",
  earth_africa: "🌍", globe_with_meridians: "🌐", office: "🏢", house: "🏠", package: "📦", credit_card: "💳", moneybag: "💰",
  computer: "💻", desktop_computer: "🖥️", keyboard: "⌨️", floppy_disk: "💾", battery: "🔋", electric_plug: "🔌", coffee: "☕", pizza: "🍕",
  mortar_board: "🎓", game_die: "🎲", performing_arts: "🎭", headphones: "🎧", studio_microphone: "🎙️", megaphone: "📣", crystal_ball: "🔮",
  smile: "😄", smiley: "😃", slightly_smiling_face: "🙂", grinning: "😀", joy: "😂", wink: "😉", sweat_smile: "😅", thinking_face: "🤔",
  neutral_face: "😐", disappointed: "😞", cry: "😢", sob: "😭", scream: "😱", relieved: "😌", sunglasses: "😎", face_with_monocle: "🧐",
  heart: "❤️", green_heart: "💚", blue_heart: "💙", broken_heart: "💔", "100": "💯", new: "🆕", up: "🆙", ok: "🆗", cool: "🆒", free: "🆓",
  one: "1️⃣", two: "2️⃣", three: "3️⃣", four: "4️⃣", five: "5️⃣", six: "6️⃣", seven: "7️⃣", eight: "8️⃣", nine: "9️⃣", zero: "0️⃣",
  keycap_ten: "🔟", small_red_triangle: "🔺", small_red_triangle_down: "🔻", small_blue_diamond: "🔹", small_orange_diamond: "🔸",
  large_blue_diamond: "🔷", large_orange_diamond: "🔶", radio_button: "🔘", heavy_plus_sign: "➕", heavy_minus_sign: "➖", recycle: "♻️",
  locked: "🔒", technologist: "🧑‍💻", "male-technologist": "👨‍💻", "female-technologist": "👩‍💻", detective: "🕵️", superhero: "🦸", brain: "🧠",
  hospital: "🏥", police_car: "🚓", helicopter: "🚁", anchor: "⚓", compass: "🧭", world_map: "🗺️", jigsaw: "🧩", puzzle_piece: "🧩",
  microphone: "🎤", film_frames: "🎞️", camera: "📷", art: "🎨", balloon: "🎈", gift: "🎁", confetti_ball: "🎊", hash: "#️⃣",
  beach_with_umbrella: "🏖️", desert_island: "🏝️", umbrella_on_ground: "⛱️", bellhop_bell: "🛎️", infinity: "♾️", registered: "®️",
};

/** The character for a short code, or undefined when it is not one we know. */
export function character(name) {
  return SHORT_CODES[name.replace(/::skin-tone-\d$/, "")];
}

/** Shows one emoji with its name for those who listen; an unknown one stays as it was written. */
export function emoji(name) {
  const found = character(name);
  if (!found) return `:${name}:`;
  return h("span", { class: "emoji", role: "img", "aria-label": name.replaceAll("_", " ") }, found);
}

/** Splits text at its short codes and shows those that are known. */
export function withEmoji(text) {
  const parts = [];
  let last = 0;
  for (const match of text.matchAll(/:([a-z0-9_+'-]+(?:::skin-tone-\d)?):/g)) {
    if (!character(match[1])) continue;
    parts.push(text.slice(last, match.index), emoji(match[1]));
    last = match.index + match[0].length;
  }
  parts.push(text.slice(last));
  return parts.filter((part) => part !== "");
}
