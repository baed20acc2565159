//! One tab: what is seen in it, found by role and name, and used by mouse and keyboard.

use std::time::Duration;

use chromiumoxide::{Command, Method, Page, keys, types::MethodId};
use serde::Serialize;
use serde_json::{Value, json};

use crate::stage::PATIENCE;

/// How often a page is looked at while something is waited for.
const LOOK: Duration = Duration::from_millis(25);

/// A tab of a browser.
pub struct Tab {
    page: Page,
}

/// A thing on the page as it is told to somebody who cannot see it.
#[derive(Debug)]
pub struct Thing {
    pub role: String,
    pub name: String,
    node: i64,
}

/// Any command of the browser's protocol. Its own shapes are not used: they do not read what newer
/// Chromiums say.
#[derive(Debug, Serialize)]
#[serde(transparent)]
struct Raw {
    parameters: Value,
    #[serde(skip)]
    method: &'static str,
}

impl Method for Raw {
    fn identifier(&self) -> MethodId {
        self.method.into()
    }
}

impl Command for Raw {
    type Response = Value;
}

impl Tab {
    /// A tab that notes what goes wrong in it from now on.
    pub async fn new(page: Page) -> Self {
        let tab = Self { page };
        tab.is_sized(1280, 800).await;
        tab.tells("Emulation.setFocusEmulationEnabled", json!({ "enabled": true })).await;
        let watch = "window.mishaps = [];
            addEventListener('error', (event) => mishaps.push(String(event.message)));
            addEventListener('unhandledrejection', (event) => mishaps.push(String(event.reason)));
            addEventListener('securitypolicyviolation', (event) =>
                mishaps.push(`${event.violatedDirective} forbids ${event.blockedURI}`));";
        tab.tells("Page.addScriptToEvaluateOnNewDocument", json!({ "source": watch })).await;
        tab
    }

    /// Goes to an address.
    pub async fn goes(&self, address: &str) {
        let answer = self.asks("Page.navigate", json!({ "url": address })).await;
        assert_eq!(answer["errorText"], Value::Null, "{address} cannot be reached");
        self.until("the page is loaded", "document.readyState === 'complete'").await;
    }

    /// Makes the window so large.
    pub async fn is_sized(&self, width: u32, height: u32) {
        let size = json!({
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false,
        });
        self.tells("Emulation.setDeviceMetricsOverride", size).await;
    }

    /// Prefers the light or the dark theme.
    pub async fn prefers(&self, scheme: &str) {
        let wanted = json!({ "features": [
            { "name": "prefers-color-scheme", "value": scheme },
            { "name": "prefers-reduced-motion", "value": "reduce" },
        ] });
        self.tells("Emulation.setEmulatedMedia", wanted).await;
    }

    /// Is used where people write like that and have that time.
    pub async fn lives_in(&self, locale: &str, zone: &str) {
        self.tells("Emulation.setLocaleOverride", json!({ "locale": locale })).await;
        self.tells("Emulation.setTimezoneOverride", json!({ "timezoneId": zone })).await;
    }

    /// Runs no scripts of pages from now on.
    pub async fn forbids_scripts(&self) {
        self.tells("Emulation.setScriptExecutionDisabled", json!({ "value": true })).await;
    }

    /// The value of an expression in the page; `null` if it fails there.
    pub async fn evaluates(&self, expression: &str) -> Value {
        let asked = json!({
            "expression": expression, "returnByValue": true, "awaitPromise": true,
        });
        self.asks("Runtime.evaluate", asked).await["result"]["value"].take()
    }

    /// Waits until an expression in the page is true of it; its value.
    pub async fn until(&self, what: &str, expression: &str) -> Value {
        let come_true = async {
            loop {
                let seen = self.evaluates(expression).await;
                if !matches!(seen, Value::Null | Value::Bool(false)) {
                    return seen;
                }
                tokio::time::sleep(LOOK).await;
            }
        };
        match tokio::time::timeout(PATIENCE, come_true).await {
            Ok(seen) => seen,
            Err(_) => self.gives_up(what).await,
        }
    }

    /// Waits until words are shown.
    pub async fn reads(&self, words: &str) {
        let look = format!("document.body.innerText.includes({})", json!(words));
        self.until(&format!("{words:?} is read"), &look).await;
    }

    /// Waits until something with that role and a name that holds these words is shown; the last such.
    pub async fn finds(&self, role: &str, name: &str) -> Thing {
        let found = async {
            loop {
                let things = self.things().await;
                let fits = |thing: &Thing| thing.role == role && thing.name.contains(name);
                if let Some(thing) = things.into_iter().rfind(fits) {
                    return thing;
                }
                tokio::time::sleep(LOOK).await;
            }
        };
        match tokio::time::timeout(PATIENCE, found).await {
            Ok(thing) => thing,
            Err(_) => self.gives_up(&format!("there is a {role} {name:?}")).await,
        }
    }

    /// Clicks on something once it stands still and nothing lies over it.
    pub async fn clicks(&self, role: &str, name: &str) {
        let clicked = async {
            loop {
                let thing = self.finds(role, name).await;
                if let Some((x, y)) = self.place_of(&thing).await {
                    self.presses_mouse(x, y).await;
                    // What arrives at that moment may have moved it from under the finger.
                    if self.evaluates("window.reached").await != false {
                        return;
                    }
                }
                tokio::time::sleep(LOOK).await;
            }
        };
        if tokio::time::timeout(PATIENCE, clicked).await.is_err() {
            self.gives_up::<()>(&format!("the {role} {name:?} can be clicked")).await;
        }
    }

    /// Types a text where the focus is.
    pub async fn types(&self, text: &str) {
        for letter in text.chars() {
            let letter = letter.to_string();
            if keys::get_key_definition(&letter).is_some() {
                self.presses(&letter).await;
            } else {
                self.tells("Input.insertText", json!({ "text": letter })).await;
            }
        }
    }

    /// Presses a key, perhaps with another held: `Enter`, `Shift+Tab`.
    pub async fn presses(&self, keys: &str) {
        let (held, key) = match keys.rsplit_once('+') {
            Some((held, key)) if !held.is_empty() => (held, key),
            _ => ("", keys),
        };
        let modifiers = match held {
            "" => 0,
            "Control" => 2,
            "Shift" => 8,
            other => panic!("there is no key {other:?} to hold"),
        };
        let known = keys::get_key_definition(key).expect("a key of the keyboard");
        let text = known.text.or((known.key.len() == 1).then_some(known.key));
        let mut event = json!({
            "type": "keyDown", "key": known.key, "code": known.code, "modifiers": modifiers,
            "windowsVirtualKeyCode": known.key_code, "nativeVirtualKeyCode": known.key_code,
        });
        if let Some(text) = text {
            event["text"] = json!(text);
        }
        self.tells("Input.dispatchKeyEvent", event.clone()).await;
        event["type"] = json!("keyUp");
        self.tells("Input.dispatchKeyEvent", event).await;
    }

    /// Presses Tab until something with these words has the focus.
    pub async fn tabs_to(&self, name: &str) {
        self.moves_to("Tab", name).await;
    }

    /// Presses Shift and Tab until something with these words has the focus.
    pub async fn tabs_back_to(&self, name: &str) {
        self.moves_to("Shift+Tab", name).await;
    }

    async fn moves_to(&self, key: &str, name: &str) {
        let mut passed = Vec::new();
        for _ in 0..80 {
            let here = self.evaluates(FOCUSED).await.as_str().unwrap_or_default().to_owned();
            if here.contains(name) {
                return;
            }
            passed.push(here);
            self.presses(key).await;
        }
        panic!("{key} does not lead to {name:?}, but to {passed:#?}");
    }

    /// Everything on the page that has a role, in its order.
    pub async fn things(&self) -> Vec<Thing> {
        let tree = self.asks("Accessibility.getFullAXTree", json!({})).await;
        let nodes = tree["nodes"].as_array().map(Vec::as_slice).unwrap_or_default();
        let told = nodes.iter().filter(|node| node["ignored"] != true);
        told.filter_map(|node| {
            Some(Thing {
                role: node["role"]["value"].as_str()?.to_owned(),
                name: node["name"]["value"].as_str().unwrap_or_default().trim().to_owned(),
                node: node["backendDOMNodeId"].as_i64()?,
            })
        })
        .collect()
    }

    /// Nothing went wrong in the page.
    pub async fn is_unharmed(&self) {
        assert_eq!(self.evaluates("window.mishaps").await, json!([]));
    }

    /// A picture of what is seen.
    pub async fn picture(&self) -> Vec<u8> {
        use chromiumoxide::page::ScreenshotParams;
        self.page.screenshot(ScreenshotParams::default()).await.expect("a picture")
    }

    /// The middle of something, if it can be clicked there now.
    async fn place_of(&self, thing: &Thing) -> Option<(f64, f64)> {
        let resolved = self.asks("DOM.resolveNode", json!({ "backendNodeId": thing.node })).await;
        let place = self
            .asks(
                "Runtime.callFunctionOn",
                json!({
                    "objectId": resolved["object"]["objectId"], "functionDeclaration": STANDS_STILL,
                    "awaitPromise": true, "returnByValue": true,
                }),
            )
            .await;
        let place = &place["result"]["value"];
        Some((place["x"].as_f64()?, place["y"].as_f64()?))
    }

    async fn presses_mouse(&self, x: f64, y: f64) {
        for (kind, buttons) in [("mouseMoved", 0), ("mousePressed", 1), ("mouseReleased", 0)] {
            let event = json!({
                "type": kind, "x": x, "y": y, "button": "left", "buttons": buttons, "clickCount": 1,
            });
            self.tells("Input.dispatchMouseEvent", event).await;
        }
    }

    /// Asks the browser; `null` where it refuses, as it does while a page is being replaced.
    async fn asks(&self, method: &'static str, parameters: Value) -> Value {
        let asked = self.page.execute(Raw { parameters, method }).await;
        asked.map_or(Value::Null, |answer| answer.result)
    }

    /// Tells the browser, which must not refuse.
    async fn tells(&self, method: &'static str, parameters: Value) {
        let told = self.page.execute(Raw { parameters, method }).await;
        told.unwrap_or_else(|error| panic!("Chromium refuses {method}: {error}"));
    }

    async fn gives_up<T>(&self, what: &str) -> T {
        let seen = self.evaluates("location.href + '\\n' + document.body.innerText").await;
        let mishaps = self.evaluates("window.mishaps").await;
        let seen = seen.as_str().unwrap_or_default();
        panic!("it did not come true that {what}\nmishaps: {mishaps}\n{seen}");
    }
}

/// What has the focus, by the words one would call it.
const FOCUSED: &str = "(() => {
    const here = document.activeElement;
    if (!here || here === document.body) return '';
    const labels = [...(here.labels ?? [])].map((label) => label.innerText);
    return [here.getAttribute('aria-label'), ...labels, here.matches('input, select, textarea') ? '' : here.innerText]
        .filter(Boolean).join(' ');
})()";

/// Brings an element into view; where its middle is once it has not moved for two frames and a click
/// there would be its own.
const STANDS_STILL: &str = "async function () {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    this.scrollIntoView?.({ block: 'center', inline: 'center' });
    await frame();
    // A link may be broken into several lines: its first is as good as any.
    const before = this.getClientRects()[0];
    await frame();
    const now = this.getClientRects()[0];
    if (!before || !now) return null;
    if (before.x !== now.x || before.y !== now.y || !now.width || !now.height) return null;
    const x = now.x + now.width / 2;
    const y = now.y + now.height / 2;
    const hit = document.elementFromPoint(x, y);
    if (!hit || !this.contains(hit)) return null;
    window.reached = false;
    this.addEventListener('click', () => { window.reached = true; }, { capture: true, once: true });
    return { x, y };
}";
