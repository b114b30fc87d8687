//! The replay as one HTML file that opens offline: the counts, and every difference side by side. What
//! customers wrote is escaped.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::replay::recorded::report::moment;
use crate::replay::recorded::{Change, Compared, Flow, ReplayReport};
use crate::replay::{Deed, Did};

const STYLE: &str = include_str!("page.css");

impl ReplayReport {
    /// The page as text.
    pub(super) fn page(&self) -> String {
        let page = html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    title { "Replay since " (moment(self.since)) }
                    style { (PreEscaped(STYLE)) }
                }
                body {
                    header {
                        h1 { "Replay" }
                        p.lead {
                            (self.turns) " messages of " (self.conversations) " conversations since "
                            (moment(self.since)) ", decided about again."
                        }
                        (self.tiles())
                    }
                    main {
                        (self.flows())
                        (self.group("Answered otherwise", Change::Otherwise))
                        (self.group("The same answer in other words", Change::Words))
                    }
                    footer { p { "Written by frontdesk " (env!("CARGO_PKG_VERSION")) "." } }
                }
            }
        };
        page.into_string()
    }

    fn tiles(&self) -> Markup {
        let tiles = [
            ("Answered otherwise", self.otherwise),
            ("In other words", self.words),
            ("The same", self.same),
            ("Not compared", self.unanswered + self.with_people),
        ];
        html! { dl.tiles { @for (name, count) in tiles { div { dt { (name) } dd { (count) } } } } }
    }

    fn flows(&self) -> Markup {
        let moved = |flow: &&Flow| flow.before != flow.now;
        html! {
            @if self.flows.iter().any(|flow| moved(&flow)) {
                section {
                    h2 { "What becomes of what" }
                    table {
                        thead { tr { th { "Then" } th { "Now" } th.number { "Messages" } } }
                        tbody {
                            @for flow in self.flows.iter().filter(moved) {
                                tr {
                                    td { (flow.before.name()) } td { (flow.now.name()) }
                                    td.number { (flow.turns) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    fn group(&self, title: &str, change: Change) -> Markup {
        let turns: Vec<&Compared> =
            self.differences.iter().filter(|turn| turn.change == change).collect();
        html! {
            @if !turns.is_empty() {
                section {
                    h2 { (title) " (" (turns.len()) ")" }
                    @for turn in turns { (difference(turn)) }
                }
            }
        }
    }
}

fn difference(turn: &Compared) -> Markup {
    html! {
        article {
            h3 { (turn.customer) }
            p.note { (turn.conversation) " #" (turn.seq) ", " (moment(turn.at)) }
            div.sides {
                (side("Then", &turn.before))
                (side("Now", &turn.now))
            }
        }
    }
}

fn side(title: &str, did: &Did) -> Markup {
    html! {
        div {
            p.deed { b { (title) } " " (did.told()) }
            @if did.deed != Deed::Silent { p.said { (did.text) } }
            @for button in &did.buttons { span.button { (button.label) } " " }
        }
    }
}
