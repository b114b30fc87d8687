//! What sorts messages, one head for each thing that is to be known of them.

use crate::understanding::head::Head;
use crate::understanding::lessons::Lessons;

/// What sorts messages; nothing where the knowledge has no examples of two classes.
pub(super) struct Heads {
    pub(super) intents: Option<Head>,
    pub(super) categories: Option<Head>,
    pub(super) urgency: Option<Head>,
    pub(super) sentiment: Option<Head>,
    pub(super) question_type: Option<Head>,
    pub(super) wants_human: Option<Head>,
}

impl Heads {
    /// Learns them from the same lessons, side by side.
    pub(super) fn train(lessons: &Lessons<'_>) -> Self {
        let closed = |examples| Head::train(examples, false);
        let (((intents, categories), (urgency, sentiment)), (question_type, wants_human)) =
            rayon::join(
                || {
                    rayon::join(
                        || {
                            rayon::join(
                                || Head::train(lessons.intents(), true),
                                || closed(lessons.categories()),
                            )
                        },
                        || {
                            rayon::join(
                                || closed(lessons.urgency()),
                                || closed(lessons.sentiment()),
                            )
                        },
                    )
                },
                || {
                    rayon::join(
                        || closed(lessons.question_types()),
                        || closed(lessons.wants_human()),
                    )
                },
            );
        Self { intents, categories, urgency, sentiment, question_type, wants_human }
    }
}
