//! Questions that the page shows, in the order in which they stand: folded ones first as what they are,
//! then headings that read like questions.

use ego_tree::NodeRef;
use scraper::{ElementRef, Node};

use crate::import::haul::{At, Haul};
use crate::import::page::structured::first;
use crate::import::page::words::{words, words_of};
use crate::import::page::{Page, Pair};

/// What stands around a page and is no part of its text.
const AROUND: [&str; 4] = ["nav", "header", "footer", "aside"];
/// Everything that may be a question, in the page's order.
const QUESTIONS: &str = "details, dt, h1, h2, h3, h4, h5, h6, \
    [aria-controls][aria-expanded], [data-bs-target], [data-target]";
/// How many elements around a heading are looked beyond for its answer.
const CLIMBS: usize = 3;

impl Page<'_> {
    /// Questions in the text, and headings that are none.
    pub(super) fn in_the_text(&self, haul: &mut Haul) -> Vec<Pair> {
        let mut pairs = Vec::new();
        for element in self.all(QUESTIONS) {
            if is_around(element) {
                continue;
            }
            let (question, answer) = match element.value().name() {
                "details" => Self::of_details(element),
                "dt" => (words(element), words_of(until(element, &["dt"]))),
                name if is_heading(name) => match self.of_heading(element, haul) {
                    Some(pair) => pair,
                    None => continue,
                },
                _ => match self.of_accordion(element) {
                    Some(pair) => pair,
                    None => continue,
                },
            };
            let question = one_line(&question);
            if !question.is_empty() {
                pairs.push(Pair { line: self.line_of(&question), question, answer });
            }
        }
        pairs
    }

    fn of_details(details: ElementRef<'_>) -> (String, String) {
        let summary = first(details, "summary");
        let is_summary = |node: &NodeRef<'_, Node>| summary.is_some_and(|s| s.id() == node.id());
        let answer = words_of(details.children().filter(|node| !is_summary(node)));
        (summary.map(words).unwrap_or_default(), answer)
    }

    /// A button with what it unfolds.
    fn of_accordion(&self, button: ElementRef<'_>) -> Option<(String, String)> {
        let named = ["aria-controls", "data-bs-target", "data-target"];
        let id = named.into_iter().find_map(|name| button.attr(name))?.trim_start_matches('#');
        let is_it = |element: &ElementRef<'_>| element.attr("id") == Some(id);
        let panel = self.all("[id]").into_iter().find(is_it)?;
        let question = words(button);
        is_question(&question).then(|| (question, words(panel)))
    }

    /// A heading with what stands below it; one that is no question is named, unless it only holds the
    /// button of an accordion.
    fn of_heading(&self, heading: ElementRef<'_>, haul: &mut Haul) -> Option<(String, String)> {
        let question = one_line(&words(heading));
        if first(heading, "[aria-controls], [data-bs-target], [data-target]").is_some() {
            return None;
        }
        if question.is_empty() || is_within(heading, &["details", "summary"]) {
            return None;
        }
        if !is_question(&question) {
            let at = At::new(self.file, self.line_of(&question));
            haul.leave(&at, format!("the heading “{question}” does not read like a question"));
            return None;
        }
        Some((question, below(heading)))
    }
}

/// What stands below a heading, up to the next one that is not deeper.
fn below(heading: ElementRef<'_>) -> String {
    let name = heading.value().name();
    let ends: Vec<&str> =
        ["h1", "h2", "h3", "h4", "h5", "h6"].into_iter().filter(|end| *end <= name).collect();
    let mut from = heading;
    for _ in 0..=CLIMBS {
        let answer = words_of(until(from, &ends));
        let parent = from.parent().and_then(ElementRef::wrap);
        let is_last = from.next_siblings().all(|node| !node.value().is_element());
        match parent {
            Some(parent) if answer.is_empty() && is_last => from = parent,
            _ => return answer,
        }
    }
    String::new()
}

/// What follows an element, up to one of these names, or one that holds such a one.
fn until<'a>(
    element: ElementRef<'a>,
    ends: &'a [&'a str],
) -> impl Iterator<Item = NodeRef<'a, Node>> {
    element.next_siblings().take_while(move |node| {
        let mut within = node.descendants().filter_map(ElementRef::wrap);
        !within.any(|element| ends.contains(&element.value().name()))
    })
}

fn is_heading(name: &str) -> bool {
    matches!(name, "h1" | "h2" | "h3" | "h4" | "h5" | "h6")
}

fn is_around(element: ElementRef<'_>) -> bool {
    is_within(element, &AROUND)
}

fn is_within(element: ElementRef<'_>, names: &[&str]) -> bool {
    let mut around = element.ancestors().filter_map(ElementRef::wrap);
    around.any(|outer| names.contains(&outer.value().name()))
}

fn is_question(text: &str) -> bool {
    const FIRST: [&str; 24] = [
        "how", "what", "when", "where", "why", "who", "which", "can", "could", "may", "do", "does",
        "did", "is", "are", "will", "would", "should", "am", "have", "has", "i", "my", "whose",
    ];
    const HAN: [&str; 13] = [
        "怎么", "如何", "什么", "为何", "吗", "哪", "几点", "几天", "多少", "多久", "是否", "能否",
        "怎样",
    ];
    let lower = text.to_lowercase();
    let word = lower.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    text.ends_with(['?', '？'])
        || (FIRST.contains(&word) && lower.split_whitespace().count() > 2)
        || HAN.iter().any(|part| text.contains(part))
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
