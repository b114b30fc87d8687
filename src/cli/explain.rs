//! What `frontdesk ask --explain` prints beside the answer: scores taken apart, and the decision
//! case by case.

use std::fmt::Write as _;

use crate::dialogue::{Policy, Step, Thresholds};
use crate::domain::{Costs, Matched, MatchedPart, Reading, Span};
use crate::understanding::{ClassParts, EntryParts, Explanation};

/// Entries that are taken apart in print.
const ENTRIES: usize = 5;

/// Why the message was read and answered as it was.
pub(super) fn told(
    explained: &Explanation,
    reading: &Reading,
    steps: &[Step],
    policy: &Policy<'_>,
) -> String {
    let Explanation { folded, stems, rules, intents, entries } = explained;
    let mut out = String::new();
    let _ = writeln!(out, "\nfolded      {folded}");
    let _ = writeln!(out, "stems       {}", stems.join(" · "));
    if !rules.is_empty() {
        let _ = writeln!(out, "rules       {}", rules.join("   "));
    }
    out.push_str(
        "\nintents: margin = bias + words and characters + meaning; then what weighed most\n",
    );
    for class in intents {
        out.push_str(&intent(class));
    }
    out.push_str(
        "\nentries: log-odds = bias + weight × value; then unknown words and rivals lower it\n",
    );
    for parts in entries.iter().take(ENTRIES) {
        out.push_str(&entry(parts));
    }
    let alone = entries.first().map(|entry| entry.id.as_str());
    if alone != reading.answers.first().map(|answer| answer.id.as_str()) {
        out.push_str(
            "  (the message was read with the question that was answered last; this is without)\n",
        );
    }
    out.push_str(&matches(reading));
    out.push_str(&costs(policy, reading));
    let Thresholds { answer_at, suggest_at, offer_at, smalltalk_at, urgent_at } =
        policy.of_turn(reading).thresholds;
    let _ = writeln!(
        out,
        "thresholds  answer_at {answer_at:.2}, suggest_at {suggest_at:.2}, offer_at {offer_at:.2}, smalltalk_at \
         {smalltalk_at:.2}, urgent_at {urgent_at:.2}"
    );
    out.push_str("decision\n");
    for Step { case, condition, found, decides } in steps {
        let mark = if *decides { "→" } else { "–" };
        let _ = writeln!(out, "  {mark} {case}: when {condition}\n      {found}");
    }
    out
}

/// What mistakes cost here, and which case of the settings says so.
fn costs(policy: &Policy<'_>, reading: &Reading) -> String {
    let Some(strategy) = policy.occasion.strategy else { return "\n".to_owned() };
    let (segment, urgency) = (policy.occasion.segment, reading.urgency.level);
    let Costs { wrong_answer, needless_handoff, missed_urgency } = strategy.costs(segment, urgency);
    let case = strategy.case(segment, urgency).map_or_else(
        || "as usual".to_owned(),
        |(place, case)| format!("dialogue.costs number {place}: {}", case.told()),
    );
    format!(
        "\ncosts       wrong answer {wrong_answer}, needless hand-off {needless_handoff}, missed \
         urgency {missed_urgency} ({case})\n"
    )
}

/// Which text of each candidate matched, and which words.
fn matches(reading: &Reading) -> String {
    let mut out = String::from(
        "\nmatches: the nearest text of each candidate; shared words, characters from–to\n",
    );
    for answer in &reading.answers {
        let Some(Matched { part, text, words, said }) = &answer.matched else { continue };
        let part = match part {
            MatchedPart::Question => "question",
            MatchedPart::Answer => "answer",
        };
        let _ = writeln!(out, "  {}: {part} \"{text}\"", answer.id);
        let shown = |spans: &[Span]| {
            let spans =
                spans.iter().map(|Span { text, start, end }| format!("{text} {start}–{end}"));
            spans.collect::<Vec<_>>().join(", ")
        };
        if !words.is_empty() {
            let _ = writeln!(out, "      {} · in the message {}", shown(words), shown(said));
        }
    }
    out
}

fn intent(class: &ClassParts) -> String {
    let ClassParts { name, confidence, margin, bias, meaning, features, heaviest } = class;
    let meaning = meaning.map_or_else(String::new, |meaning| format!(" {meaning:+.2}"));
    let mut out =
        format!("  {name} {confidence:.2}: {margin:+.2} = {bias:+.2} {features:+.2}{meaning}\n");
    let parts = heaviest.iter().map(|part| format!("{} {:+.3}", part.feature, part.weight));
    let parts: Vec<String> = parts.collect();
    if !parts.is_empty() {
        let _ = writeln!(out, "      {}", parts.join(", "));
    }
    out
}

fn entry(parts: &EntryParts) -> String {
    let EntryParts { id, confidence, bm25, cosine, similarity, odds, bias, alone, known, .. } =
        parts;
    let sum: f32 = bias + odds.iter().map(|(_, value, weight)| value * weight).sum::<f32>();
    let similarity = similarity.map_or_else(String::new, |s| format!(", similarity {s:.2}"));
    let odds = odds.iter().filter(|(_, _, weight)| weight.abs() > 0.0);
    let odds: Vec<String> =
        odds.map(|(name, value, weight)| format!("{weight:.2} × {value:.2} {name}")).collect();
    format!(
        "  {id} {confidence:.2}: BM25 {bm25:.2}, cosine {cosine:.2}{similarity}\n      {sum:+.2} = \
         {bias:+.2} + {} → {alone:.2}, × {known:.2} for known words\n",
        odds.join(" + ")
    )
}
