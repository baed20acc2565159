//! The post-mortem as SIMA keeps it: a document to read, to print and to copy from.

use maud::{Markup, html};
use sima_incident::{
    Incident,
    postmortem::{Block, Document, Section, Span, Text, TimelineRow},
};

use super::{
    Context, Nav,
    context::{link, written},
    layout, mark,
};

/// The page of a post-mortem.
///
/// That of a private incident leads nowhere else: its other pages are hidden.
pub fn postmortem(context: &Context<'_>, incident: &Incident, document: &Document) -> Markup {
    let title = format!("Post-mortem of {}", incident.number);
    let body = html! {
        article.document {
            header.title {
                p.kicker {
                    "Post-mortem, "
                    @if incident.is_private() {
                        (incident.number)
                    } @else {
                        a href=(mark::path(incident)) { (incident.number) }
                    }
                    (mark::special(incident))
                }
                h1 dir="auto" { (incident.summary) }
            }
            @for (place, section) in document.sections.iter().enumerate() {
                (part(context, place, section))
            }
        }
    };
    let nav = Nav {
        current: (!incident.is_private()).then_some("/incidents"),
        now: Some(context.now),
        closed: incident.is_private(),
        ..Nav::default()
    };
    layout(&title, &nav, &body)
}

fn part(context: &Context<'_>, place: usize, section: &Section) -> Markup {
    let id = format!("part-{place}");
    html! {
        section aria-labelledby=(id) {
            h2 id=(id) { (section.heading) }
            @for one in &section.blocks { (block(context, one)) }
        }
    }
}

fn block(context: &Context<'_>, block: &Block) -> Markup {
    html! {
        @match block {
            Block::Paragraph(text) => p.written dir="auto" { (spans(text)) },
            Block::Bullets(texts) => {
                ul.bullets { @for text in texts { li dir="auto" { (spans(text)) } } }
            }
            Block::Facts(facts) => {
                dl.rows {
                    @for fact in facts {
                        div { dt { (fact.label) } dd dir="auto" { (spans(&fact.value)) } }
                    }
                }
            }
            Block::Timeline(rows) => (timeline(context, rows)),
            Block::ToDo(texts) => {
                ul.to-do {
                    @for text in texts {
                        li dir="auto" { span.box aria-hidden="true" {} (spans(text)) }
                    }
                }
            }
            Block::Prompt(question) => p.hint { (question) },
        }
    }
}

fn timeline(context: &Context<'_>, rows: &[TimelineRow]) -> Markup {
    html! {
        table.happened {
            caption.unseen { "What happened, in the order it was true" }
            thead {
                tr { th scope="col" { "When" } th scope="col" { "Who" } th scope="col" { "What" } }
            }
            tbody {
                @for row in rows {
                    tr {
                        td { (context.moment(row.happened_at)) }
                        td dir="auto" { (row.who) }
                        td {
                            (written(&row.what))
                            @if row.is_backdated() {
                                span.ends { "recorded " (context.moment(row.at)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn spans(text: &Text) -> Markup {
    html! {
        @for span in &text.0 {
            @match span {
                Span::Plain(text) => (text),
                Span::Bold(text) => strong { (text) },
                Span::Link { text, href } => (link(href, &html! { (text) })),
            }
        }
    }
}
