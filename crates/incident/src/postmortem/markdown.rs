//! A document as Markdown that any reader shows the same, whatever people wrote into it.

use std::fmt::Write as _;

use jiff::{civil::Date, tz::TimeZone};

use crate::postmortem::{Block, Document, Section, Span, Text, TimelineRow};

/// Renders a document as Markdown (CommonMark). What people wrote stays text: it makes no heading,
/// list, link or tag of its own.
pub fn to_markdown(document: &Document) -> String {
    let mut out = format!("# {}\n", line(&document.title));
    for Section { heading, blocks } in &document.sections {
        // Writing to a String cannot fail.
        let _ = writeln!(out, "\n## {}", line(heading));
        for block in blocks {
            out.push('\n');
            render(block, &document.zone, &mut out);
        }
    }
    out
}

fn render(block: &Block, zone: &TimeZone, out: &mut String) {
    match block {
        Block::Paragraph(text) => item("", text, out),
        Block::Bullets(items) => items.iter().for_each(|text| item("- ", text, out)),
        Block::ToDo(items) => items.iter().for_each(|text| item("- [ ] ", text, out)),
        Block::Facts(facts) => {
            for fact in facts {
                let label = Text::bold(format!("{}:", fact.label)).and(Text::plain(" "));
                item("- ", &label.and(fact.value.clone()), out);
            }
        }
        Block::Timeline(rows) => timeline(rows, zone, out),
        Block::Prompt(question) => item("> ", &Text::plain(question), out),
    }
}

/// One line a row, the date once a day.
fn timeline(rows: &[TimelineRow], zone: &TimeZone, out: &mut String) {
    let mut day: Option<Date> = None;
    for row in rows {
        let happened = row.happened_at.to_zoned(zone.clone());
        if day != Some(happened.date()) {
            if day.is_some() {
                out.push('\n');
            }
            day = Some(happened.date());
            let _ = writeln!(out, "**{}**\n", happened.strftime("%Y-%m-%d"));
        }
        let mut text = Text::bold(happened.strftime("%H:%M:%S").to_string())
            .and(Text::plain(format!(" {} {}", row.who, row.what)));
        if row.is_backdated() {
            let recorded = row.at.to_zoned(zone.clone());
            text = text.and(Text::plain(format!(" (recorded {})", recorded.strftime("%H:%M:%S"))));
        }
        item("- ", &text, out);
    }
}

/// One item, its further lines indented so that they stay in it.
fn item(marker: &str, text: &Text, out: &mut String) {
    let indent =
        if marker.starts_with('>') { marker.to_owned() } else { " ".repeat(marker.len().min(2)) };
    let mut rendered = String::new();
    for span in &text.0 {
        match span {
            Span::Plain(text) => rendered.push_str(&escaped(text)),
            Span::Bold(text) => bold(text, &mut rendered),
            Span::Link { text, href } => {
                let _ = write!(rendered, "[{}](<{}>)", line(text), address(href));
            }
        }
    }
    let mut lines = rendered.lines().map(str::trim).filter(|line| !line.is_empty()).peekable();
    let mut lead = marker;
    while let Some(text) = lines.next() {
        // A backslash at the end is a line break that no trimming of blanks undoes.
        let end = if lines.peek().is_some() { "\\" } else { "" };
        let _ = writeln!(out, "{lead}{}{end}", guarded(text));
        lead = &indent;
    }
}

/// Weight line by line: it does not reach across lines, nor begin or end with a blank.
fn bold(text: &str, out: &mut String) {
    for (place, line) in text.lines().enumerate() {
        if place > 0 {
            out.push('\n');
        }
        let inner = line.trim();
        if !inner.is_empty() {
            let _ = write!(out, "**{}**", escaped(inner));
        }
    }
}

/// Text for one line: line breaks become blanks.
fn line(text: &str) -> String {
    escaped(&text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Text with every mark that means something anywhere in a line made plain.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' => {
                out.push('\\');
                out.push(character);
            }
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\n' => out.push('\n'),
            '\r' => {}
            other if other.is_control() => out.push(' '),
            other => out.push(other),
        }
    }
    out
}

/// A line with what means something only at its beginning made plain: headings, lists, rules.
fn guarded(line: &str) -> String {
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let at = match line.as_bytes().get(digits) {
        Some(b'.' | b')') if digits > 0 => digits,
        Some(b'#' | b'+' | b'-' | b'=') if digits == 0 => 0,
        _ => return line.to_owned(),
    };
    format!("{}\\{}", &line[..at], &line[at..])
}

/// An address between angle brackets; what would end them is percent-encoded.
fn address(href: &str) -> String {
    href.replace('<', "%3C").replace('>', "%3E").replace('\\', "%5C").replace(['\n', '\r'], "")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paragraph(text: &str) -> String {
        let mut out = String::new();
        item("", &Text::plain(text), &mut out);
        out
    }

    #[test]
    fn what_people_wrote_stays_text() {
        let cases = [
            ("# not a heading", "\\# not a heading\n"),
            ("- not a list", "\\- not a list\n"),
            ("1. not a list", "1\\. not a list\n"),
            ("12) nor this", "12\\) nor this\n"),
            ("---", "\\---\n"),
            ("==", "\\==\n"),
            ("2022 was fine. Was it?", "2022 was fine. Was it?\n"),
            ("a *b* _c_ `d` ~e~ |f|", "a \\*b\\* \\_c\\_ \\`d\\` \\~e\\~ \\|f\\|\n"),
            ("<script>&amp;", "&lt;script&gt;&amp;amp;\n"),
            ("[x](javascript:y)", "\\[x\\](javascript:y)\n"),
            ("![x](y)", "!\\[x\\](y)\n"),
            ("    indented", "indented\n"),
            ("one\ntwo\n\n- three", "one\\\ntwo\\\n\\- three\n"),
            ("back\\slash\n", "back\\\\slash\n"),
        ];
        for (text, markdown) in cases {
            assert_eq!(paragraph(text), markdown, "{text:?}");
        }
    }

    #[test]
    fn further_lines_stay_in_their_item() {
        let mut out = String::new();
        item("- ", &Text::bold("Update:").and(Text::plain(" one\n# two")), &mut out);
        assert_eq!(out, "- **Update:** one\\\n  \\# two\n");
    }

    #[test]
    fn only_addresses_for_a_browser_become_links() {
        let mut out = String::new();
        item("", &Text::link("a]b", "https://x.example/a_(b)<c>"), &mut out);
        item("", &Text::link("click", "javascript:alert(1)"), &mut out);
        item("", &Text::link("x", "https://x.example/a b"), &mut out);
        assert_eq!(
            out,
            "[a\\]b](<https://x.example/a_(b)%3Cc%3E>)\nclick: javascript:alert(1)\n\
             x: https://x.example/a b\n"
        );
    }
}
