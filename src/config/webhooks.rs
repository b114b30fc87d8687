//! Settings of webhooks and external bots.

use confique::Config;

/// Webhooks and external bots.
#[derive(Clone, Debug, Config)]
#[config(layer_attr(serde(deny_unknown_fields)))]
pub struct Webhooks {
    /// Whether admins may name addresses within the server's own network (loopback and private
    /// ones), also with `http://`. Link-local addresses are never called.
    #[config(default = false, env = "FRONTDESK_WEBHOOKS_PRIVATE_ADDRESSES")]
    pub private_addresses: bool,
}
