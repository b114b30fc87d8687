//! Files that people send: how large, how many, and how much room they may take.

use confique::Config;

/// Files that customers and agents send: pictures (PNG, JPEG, GIF, WebP), PDF and plain text.
#[derive(Clone, Debug, Config)]
#[config(layer_attr(serde(deny_unknown_fields)))]
pub struct Attachments {
    /// Whether files can be sent.
    #[config(default = true, env = "FRONTDESK_ATTACHMENTS_ENABLED")]
    pub enabled: bool,
    /// Most bytes of a file.
    #[config(default = 10_485_760, env = "FRONTDESK_ATTACHMENTS_FILE_BYTES")]
    pub file_bytes: u64,
    /// Most megabytes of all files together; then uploads are refused until some are erased.
    #[config(default = 10_000, env = "FRONTDESK_ATTACHMENTS_TOTAL_MEGABYTES")]
    pub total_megabytes: u64,
    /// Most files of a message.
    #[config(default = 10, env = "FRONTDESK_ATTACHMENTS_PER_MESSAGE")]
    pub per_message: usize,
    /// Most files of a conversation.
    #[config(default = 200, env = "FRONTDESK_ATTACHMENTS_PER_CONVERSATION")]
    pub per_conversation: usize,
    /// Uploads a minute in one conversation.
    #[config(default = 20, env = "FRONTDESK_ATTACHMENTS_PER_MINUTE")]
    pub per_minute: u32,
    /// Minutes after which an upload that was never sent is removed.
    #[config(default = 1440, env = "FRONTDESK_ATTACHMENTS_KEEP_UNSENT_MINUTES")]
    pub keep_unsent_minutes: u64,
}

impl Attachments {
    /// Most bytes of all files together.
    pub fn total_bytes(&self) -> u64 {
        self.total_megabytes.saturating_mul(1_000_000)
    }

    /// The first value that does not work, with what is wrong.
    pub(super) fn mistake(&self) -> Option<(&'static str, &'static str)> {
        if self.file_bytes == 0 {
            return Some(("attachments.file_bytes", "must be 1 or more"));
        }
        if self.total_bytes() < self.file_bytes {
            return Some((
                "attachments.total_megabytes",
                "must not be below attachments.file_bytes",
            ));
        }
        // a message has to fit into an event of the log
        if !(1..=20).contains(&self.per_message) {
            return Some(("attachments.per_message", "must lie between 1 and 20"));
        }
        if self.per_minute == 0 {
            return Some(("attachments.per_minute", "must be 1 or more"));
        }
        (self.keep_unsent_minutes < 10)
            .then_some(("attachments.keep_unsent_minutes", "must be 10 or more"))
    }
}
