//! A learned policy as one HTML file that opens offline: the tree as a picture, what it was learned
//! from, and every leaf with what each way cost.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::dialogue::learned::{Leaf, LearnedPolicy, Node, Trained, Way};

const STYLE: &str = include_str!("page.css");
/// Sizes in pixels: a box, the way from one column to the next, a row, and the margin.
const BOX: (usize, usize) = (216, 46);
const COLUMN: usize = 280;
const ROW: usize = 60;
const MARGIN: usize = 16;
/// Most characters of a line in a box.
const SHOWN: usize = 30;

/// The page as text.
pub fn page(policy: &LearnedPolicy) -> String {
    let LearnedPolicy { trained, tree } = policy;
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "A learned policy" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                h1 { "A learned policy" }
                p.lead {
                    "Learned from " (trained.turns) " turns of " (trained.conversations)
                    " conversations; no leaf rests on fewer than " (trained.min_leaf) "."
                }
                figure {
                    div.scroll { (picture(tree)) }
                    figcaption {
                        "From left to right: yes goes up, no goes down. Buttons, a wish for a person, "
                        "danger and flows stay with the rules."
                    }
                }
                h2 { "Leaves" }
                (leaves(tree))
                h2 { "How deep" }
                (depths(trained))
                footer { p { "Written by frontdesk " (env!("CARGO_PKG_VERSION")) "." } }
            }
        }
    };
    page.into_string()
}

/// What is drawn.
#[derive(Default)]
struct Drawing {
    edges: Vec<Markup>,
    boxes: Vec<Markup>,
    rows: usize,
}

fn picture(tree: &Node) -> Markup {
    let mut drawing = Drawing::default();
    drawing.draw(tree, 0);
    let width = 2 * MARGIN + tree.depth() * COLUMN + BOX.0;
    let height = 2 * MARGIN + drawing.rows.max(1) * ROW - (ROW - BOX.1);
    html! {
        svg width=(width) height=(height) viewBox=(format!("0 0 {width} {height}")) role="img"
            aria-label="The tree; the table below says the same in words" {
            @for edge in &drawing.edges { (edge) }
            @for drawn in &drawing.boxes { (drawn) }
        }
    }
}

impl Drawing {
    /// Draws what is below a place, and says at which height the place is.
    fn draw(&mut self, node: &Node, column: usize) -> usize {
        let x = MARGIN + column * COLUMN;
        match node {
            Node::Leaf(leaf) => {
                let y = MARGIN + self.rows * ROW;
                self.rows += 1;
                self.boxes.push(leaf_box(leaf, x, y));
                y
            }
            Node::Split(split) => {
                let yes = self.draw(&split.yes, column + 1);
                let no = self.draw(&split.no, column + 1);
                let y = usize::midpoint(yes, no);
                self.edges.push(edge((x, y), (x + COLUMN, yes), "yes"));
                self.edges.push(edge((x, y), (x + COLUMN, no), "no"));
                let told = split.test.told();
                self.boxes.push(html! {
                    g {
                        title { (told) }
                        rect x=(x) y=(y) width=(BOX.0) height=(BOX.1) rx="6" {}
                        text x=(x + 12) y=(y + 28) { (short(&told)) }
                    }
                });
                y
            }
        }
    }
}

fn leaf_box(leaf: &Leaf, x: usize, y: usize) -> Markup {
    let turns = format!("{} turns, cost {:.2}", leaf.turns, leaf.costs.get(leaf.way));
    html! {
        g class=(leaf.way.name()) {
            rect x=(x) y=(y) width=(BOX.0) height=(BOX.1) rx="22" {}
            text.way x=(x + 18) y=(y + 20) { (said(leaf.way)) }
            text.quiet x=(x + 18) y=(y + 37) { (turns) }
        }
    }
}

fn edge((x, y): (usize, usize), (to_x, to_y): (usize, usize), answer: &str) -> Markup {
    let (from_x, from_y, to_y) = (x + BOX.0, y + BOX.1 / 2, to_y + BOX.1 / 2);
    let middle = usize::midpoint(from_x, to_x);
    let path = format!("M{from_x} {from_y} C{middle} {from_y} {middle} {to_y} {to_x} {to_y}");
    html! {
        path d=(path) {}
        text.quiet x=(to_x - 22) y=(to_y - 6) { (answer) }
    }
}

fn short(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
    }
}

fn said(way: Way) -> &'static str {
    match way {
        Way::Answer => "answer",
        Way::Suggest => "suggest",
        Way::Clarify => "ask back",
        Way::HandOff => "hand over",
    }
}

fn leaves(tree: &Node) -> Markup {
    html! {
        div.scroll { table {
            thead { tr {
                th { "When" } th { "Then" } th.number { "Turns" }
                @for way in Way::ALL { th.number { "Cost: " (said(way)) } }
            } }
            tbody { @for (path, leaf) in tree.leaves() { tr {
                td { @if path.is_empty() { "always" } @else { (path.join("; ")) } }
                td { (said(leaf.way)) }
                td.number { (leaf.turns) }
                @for way in Way::ALL {
                    td.number.chosen[way == leaf.way] { (format!("{:.2}", leaf.costs.get(way))) }
                }
            } } }
        } }
    }
}

fn depths(trained: &Trained) -> Markup {
    html! {
        p.lead {
            "The cost a turn on turns that a tree had not seen (five parts). The smallest tree within "
            "one standard error of the best is taken: " (trained.depth) " questions in a row at most. "
            "On the turns from which it was learned it costs " (format!("{:.3}", trained.cost))
            ", and the rules " (format!("{:.3}", trained.cost_of_rules))
            "; what it is worth, `frontdesk policy compare` says."
        }
        table {
            thead { tr { th.number { "Questions" } th.number { "Cost" } th.number { "Standard error" } } }
            tbody { @for folded in &trained.cross_validation { tr {
                @let chosen = folded.depth == trained.depth;
                td.number.chosen[chosen] { (folded.depth) }
                td.number.chosen[chosen] { (format!("{:.3}", folded.cost)) }
                td.number.chosen[chosen] { (format!("{:.3}", folded.error)) }
            } } }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialogue::Strategy;
    use crate::domain::Costs;
    use crate::replay::learning::grow::tests::planted;
    use crate::replay::learning::learn;

    #[test]
    fn the_picture_has_a_box_for_each_place_and_what_customers_are_called_is_escaped() {
        let mut samples = planted(1000);
        for sample in &mut samples {
            if let Some(crate::replay::learning::sample::Value::Name(name)) =
                sample.features.get_mut("segment")
            {
                *name = name.replace("vip", "<b>vip");
            }
        }
        let policy = learn(&samples, &Strategy::of(Costs::default()), 25).unwrap();
        let page = page(&policy);
        let leaves = policy.tree.leaves().len();
        assert_eq!(page.matches("<rect").count(), 2 * leaves - 1);
        assert_eq!(page.matches("<path").count(), 2 * (leaves - 1));
        assert!(page.contains("segment is &lt;b&gt;vip") && !page.contains("<b>vip"));
        assert!(!page.contains("http://") && !page.contains("https://"), "it opens offline");
    }
}
