//! The confusion matrix as a heat map: rows are what is right, columns what was said. With many
//! classes only those are drawn that are confused most.

use std::collections::{BTreeMap, BTreeSet};

use maud::{Markup, html};

use crate::evaluation::measures::share;
use crate::evaluation::report::analysis::{Analysis, NOTHING, OUT_OF_SCOPE};
use crate::evaluation::report::text::px;

/// Most classes of a heat map.
const MOST: usize = 150;
/// With more classes than this, names are left to what is shown on pointing.
const NAMED: usize = 80;
/// Most characters of a name.
const NAME: usize = 22;

/// The classes that are drawn, in order, and how many there are.
pub(super) struct Matrix<'a> {
    names: Vec<&'a str>,
    cells: BTreeMap<(usize, usize), usize>,
    rows: Vec<usize>,
    /// How many classes there are in all.
    pub(super) all: usize,
}

impl<'a> Matrix<'a> {
    /// The most confused classes of `analysis`.
    pub(super) fn of(analysis: &Analysis<'a>) -> Self {
        let mut all: BTreeSet<&str> = analysis.classes.iter().map(|class| class.name).collect();
        for confusion in &analysis.confusions {
            all.extend([confusion.expected, confusion.given]);
        }
        let mut chosen: BTreeSet<&str> = BTreeSet::new();
        if all.len() <= MOST {
            chosen.clone_from(&all);
        }
        for confusion in &analysis.confusions {
            if chosen.len() + 2 > MOST {
                break;
            }
            chosen.extend([confusion.expected, confusion.given]);
        }
        let mut names: Vec<&str> = chosen.into_iter().collect();
        names.sort_by_key(|name| ([OUT_OF_SCOPE, NOTHING].contains(name), *name));
        let places: BTreeMap<&str, usize> = names.iter().copied().zip(0..).collect();
        let mut cells = BTreeMap::new();
        let mut rows = vec![0; names.len()];
        let right = analysis.classes.iter().map(|class| (class.name, class.name, class.right));
        let wrong = analysis.confusions.iter().map(|c| (c.expected, c.given, c.items));
        for (expected, given, items) in right.chain(wrong).filter(|(.., items)| *items > 0) {
            let Some(row) = places.get(expected) else { continue };
            if let Some(sum) = rows.get_mut(*row) {
                *sum += items;
            }
            if let Some(column) = places.get(given) {
                cells.insert((*row, *column), items);
            }
        }
        Self { names, cells, rows, all: all.len() }
    }

    /// How many classes are drawn.
    pub(super) fn len(&self) -> usize {
        self.names.len()
    }

    fn is_named(&self) -> bool {
        self.len() <= NAMED
    }

    /// The drawing.
    pub(super) fn draw(&self) -> Markup {
        let count = share(self.len(), 1);
        let cell = if self.is_named() { 15.0 } else { 7.0 };
        let longest = self.names.iter().map(|name| width(&short(name))).max().unwrap_or(0);
        let margin = if self.is_named() { 12.0 + 6.2 * share(longest, 1) } else { 2.0 };
        let size = margin + cell * count + 2.0;
        html! {
            svg.heat viewBox=(format!("0 0 {size:.0} {size:.0}")) width=(px(size)) height=(px(size))
                role="img" aria-label="Confusion matrix" {
                rect.ground x=(px(margin)) y=(px(margin)) width=(px(cell * count)) height=(px(cell * count)) {}
                @if self.is_named() { (self.names(margin, cell)) }
                @for ((row, column), items) in &self.cells { (self.cell(*row, *column, *items, (margin, cell))) }
            }
        }
    }

    fn names(&self, margin: f64, cell: f64) -> Markup {
        let edge = margin - 5.0;
        html! {
            @for (at, name) in self.names.iter().enumerate() {
                @let middle = margin + cell * (share(at, 1) + 0.5);
                text x=(px(edge)) y=(px(middle + 3.5)) text-anchor="end" { (short(name)) title { (name) } }
                text x=(px(middle + 3.5)) y=(px(edge)) transform=(format!("rotate(-90 {:.1} {edge:.1})", middle + 3.5)) {
                    (short(name)) title { (name) }
                }
            }
        }
    }

    fn cell(&self, row: usize, column: usize, items: usize, grid: (f64, f64)) -> Markup {
        let (margin, cell) = grid;
        let name = |at: usize| self.names.get(at).copied().unwrap_or_default();
        let part = share(items, self.rows.get(row).copied().unwrap_or_default());
        let (x, y) = (margin + cell * share(column, 1), margin + cell * share(row, 1));
        let is_right = row == column;
        // a single error must be seen too
        let opacity = if is_right { 0.12 + 0.6 * part } else { 0.3 + 0.7 * part.sqrt() };
        let class = if is_right { "right" } else { "wrong" };
        html! {
            rect class=(class) x=(px(x + 0.5)) y=(px(y + 0.5)) width=(px(cell - 1.0)) height=(px(cell - 1.0))
                fill-opacity=(format!("{opacity:.2}")) {
                title { (name(row)) " → " (name(column)) ": " (items) }
            }
            @if self.is_named() && !is_right {
                text.count x=(px(x + cell / 2.0)) y=(px(y + cell / 2.0 + 3.5)) text-anchor="middle" { (items) }
            }
        }
    }
}

fn short(name: &str) -> String {
    let mut characters = name.chars();
    let mut out: String = characters.by_ref().take(NAME).collect();
    if characters.next().is_some() {
        out.push('…');
    }
    out
}

/// How wide a name is, in Latin letters.
fn width(name: &str) -> usize {
    name.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluation::{Prediction, Run, Task};

    fn run(classes: usize) -> Run {
        let line = |n: usize| {
            let given = format!("c{:03}", if n.is_multiple_of(2) { n } else { n - 1 });
            Prediction::of("x", vec![format!("c{n:03}")], [(given.as_str(), Some(0.5))])
        };
        let predictions = (0..classes).map(line).collect();
        Run { task: Task::Intents, predictions, titles: BTreeMap::new() }
    }

    #[test]
    fn few_classes_are_named_and_counted() {
        let run = run(4);
        let matrix = Matrix::of(&Analysis::of(&run));
        assert_eq!((matrix.len(), matrix.all), (4, 4));
        assert_eq!(matrix.cells, [((0, 0), 1), ((1, 0), 1), ((2, 2), 1), ((3, 2), 1)].into());
        let svg = matrix.draw().into_string();
        assert_eq!(svg.matches("<rect class=\"wrong\"").count(), 2);
        assert!(svg.contains("c001 → c000: 1") && svg.contains("rotate(-90"), "{svg}");
    }

    #[test]
    fn of_many_classes_the_most_confused_are_drawn_without_names() {
        let run = run(400);
        let matrix = Matrix::of(&Analysis::of(&run));
        assert_eq!((matrix.len(), matrix.all), (MOST, 400));
        let svg = matrix.draw().into_string();
        assert!(!svg.contains("rotate(-90") && svg.contains("c001 → c000: 1"));
    }
}
