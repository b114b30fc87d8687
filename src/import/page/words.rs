//! HTML as plain text: no tags, no scripts, no styles, nothing invisible. Links to other sites keep
//! their address, lists their strokes, tables their rows.

use std::fmt::Write as _;

use ego_tree::NodeRef;
use scraper::{ElementRef, Html, Node};

use crate::import::haul::plain;

/// What says nothing to readers.
const SILENT: [&str; 13] = [
    "script", "style", "noscript", "template", "svg", "iframe", "object", "nav", "form", "input",
    "select", "head", "canvas",
];
/// Elements that stand on lines of their own, with space around.
const PARAGRAPHS: [&str; 17] = [
    "p",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "ul",
    "ol",
    "table",
    "blockquote",
    "pre",
    "section",
    "article",
    "dl",
    "figure",
    "details",
];
/// Elements that stand on lines of their own.
const LINES: [&str; 8] = ["div", "tr", "dt", "dd", "header", "main", "summary", "figcaption"];

/// Deeper than any page that people wrote.
const DEEPEST: usize = 200;

/// The words of an element.
pub(super) fn words(element: ElementRef<'_>) -> String {
    let mut out = String::new();
    write_element(element, 0, &mut out);
    plain(&out)
}

/// The words of several elements and texts that follow each other.
pub(super) fn words_of<'a>(nodes: impl Iterator<Item = NodeRef<'a, Node>>) -> String {
    let mut out = String::new();
    nodes.for_each(|node| write_node(node, 0, &mut out));
    plain(&out)
}

/// The words of a piece of HTML, or of a text.
pub(super) fn words_in(html: &str) -> String {
    words(Html::parse_fragment(html).root_element())
}

fn write_element(element: ElementRef<'_>, depth: usize, out: &mut String) {
    let name = element.value().name();
    if SILENT.contains(&name) {
        return;
    }
    let around = if PARAGRAPHS.contains(&name) {
        "\n\n"
    } else if LINES.contains(&name) || name == "li" {
        "\n"
    } else {
        ""
    };
    set_apart(around, out);
    match name {
        "br" => out.push('\n'),
        "li" => out.push_str("- "),
        "td" | "th" => out.push(' '),
        _ => {}
    }
    let before = out.len();
    if depth < DEEPEST {
        element.children().for_each(|child| write_node(child, depth + 1, out));
    } else {
        element.text().for_each(|text| out.push_str(text));
    }
    if name == "a"
        && let Some(address) = element.attr("href").filter(|address| is_elsewhere(address))
    {
        let text = out.get(before..).unwrap_or_default().trim();
        if !text.is_empty() && text != address {
            let _ = write!(out, " ({address})");
        }
    }
    set_apart(around, out);
}

/// A line ends once, however many elements end there.
fn set_apart(around: &str, out: &mut String) {
    if around.len() > 1 || !out.trim_end_matches(' ').ends_with('\n') {
        out.push_str(around);
    }
}

fn write_node(node: NodeRef<'_, Node>, depth: usize, out: &mut String) {
    match node.value() {
        Node::Text(text) => {
            let text: &str = text;
            // white space of the source is one space, whatever it is
            let is_open = |text: &str| text.ends_with(char::is_whitespace);
            if text.starts_with(char::is_whitespace) && !is_open(out) {
                out.push(' ');
            }
            out.push_str(&text.split_whitespace().collect::<Vec<_>>().join(" "));
            if is_open(text) && !is_open(out) {
                out.push(' ');
            }
        }
        Node::Element(_) => {
            if let Some(element) = ElementRef::wrap(node) {
                write_element(element, depth, out);
            }
        }
        _ => {}
    }
}

fn is_elsewhere(address: &str) -> bool {
    address.starts_with("https://") || address.starts_with("http://")
}
