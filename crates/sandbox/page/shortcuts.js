// The shortcuts SIMA offers on messages and beside the composer.

// Used until the server names them; these are the ones of SIMA's manifest.
const KNOWN = [
  { type: "global", callback_id: "open_incident", name: "Open an incident", description: "Fill the form that SIMA opens" },
  { type: "message", callback_id: "open_incident_from_message", name: "Open an incident", description: "With a link back to this message" },
];

/** The shortcuts of one type: `global` or `message`. */
export function shortcuts(app, type) {
  return (app.state.shortcuts ?? KNOWN).filter((shortcut) => shortcut.type === type);
}
