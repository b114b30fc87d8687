//! Reads a message, and each of its questions where it asks several things.

use crate::domain::{Question, Reading, UrgencyLevel};
use crate::understanding::questions::{joined_questions, questions};
use crate::understanding::{Asked, Topic, Understanding, sentences};

/// How sure it must be that a part of a message presses more than the whole.
const PRESSES_AT: f32 = 0.6;
/// From which probability on a question is taken to be about its likeliest entry by the next one.
const ABOUT_AT: f32 = 0.4;

impl Understanding {
    /// Reads a message, and where it asks several things each of its questions: a wish for a person or
    /// a danger in any part of it is one of the whole.
    pub fn read(&self, asked: &Asked<'_>) -> Reading {
        let mut reading = self.read_whole(asked);
        let parts = questions(asked.text);
        if parts.len() < 2 {
            reading.questions = self.joined(asked);
            return reading;
        }
        reading.questions = self.each(asked, &parts, false);
        for question in &mut reading.questions {
            question.reading.questions = self.joined(&Asked { text: &question.text, ..*asked });
        }
        self.heed_parts(asked.text, &mut reading);
        reading
    }

    /// The questions of one sentence.
    fn joined(&self, asked: &Asked<'_>) -> Vec<Question> {
        let parts = joined_questions(asked.text);
        if parts.len() < 2 { vec![] } else { self.each(asked, &parts, true) }
    }

    /// Each question alone; one that leans on the one before is read with it.
    fn each(&self, asked: &Asked<'_>, parts: &[&str], joined: bool) -> Vec<Question> {
        let mut all: Vec<Question> = Vec::with_capacity(parts.len());
        for text in parts {
            let before = all.last().map(|before| {
                let entry = before.reading.answers.first();
                let entry = entry.filter(|entry| entry.confidence >= ABOUT_AT);
                let entry = entry.map(|entry| entry.id.clone());
                Topic::Beside { said: before.text.clone(), entry }
            });
            let topic = before.as_ref().or(asked.topic);
            let reading = self.read_whole(&Asked { text, topic, ..*asked });
            all.push(Question { text: (*text).to_owned(), joined, reading });
        }
        all
    }

    /// What any part wishes or warns of, the whole does.
    fn heed_parts(&self, text: &str, reading: &mut Reading) {
        let parts = reading.questions.iter().map(|question| &question.reading);
        let mut heard: Vec<_> =
            parts.map(|part| (part.wants_human, part.urgency.clone())).collect();
        heard.extend(sentences(text).map(|sentence| self.presses(sentence)));
        for (wants_human, urgency) in heard {
            reading.wants_human |= wants_human;
            let is_sure = urgency.confidence >= PRESSES_AT;
            let is_known = reading.urgency.level >= urgency.level
                && (reading.urgency.level < UrgencyLevel::Urgent
                    || reading.urgency.confidence >= urgency.confidence);
            if is_sure && !is_known {
                reading.urgency = urgency;
            }
        }
    }
}
