//! Variables in replies: `{{customer.name}}` stands for what is known of the conversation in which the
//! reply is used. Only names that somebody can fill in are taken, so a slip is found when the reply is
//! written and not when a customer reads it.

/// What every shop knows: the customer, the agent, the conversation, and what customers name in it. The
/// operator's own patterns come on top.
pub const BUILT_IN: [&str; 12] = [
    "customer.name",
    "customer.email",
    "customer.phone",
    "agent.name",
    "conversation.id",
    "order",
    "product",
    "amount",
    "date",
    "time",
    "phone",
    "email",
];

/// The first variable of a text that is none of [`BUILT_IN`] and none of `more`.
pub fn unknown_variable<'a>(text: &'a str, more: &[String]) -> Option<&'a str> {
    let is_known = |name: &str| BUILT_IN.contains(&name) || more.iter().any(|own| own == name);
    variables(text).find(|name| !is_known(name))
}

/// The names between `{{` and `}}`, without the white space around them, in order.
fn variables(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (_, behind) = rest.split_once("{{")?;
        let (name, behind) = behind.split_once("}}")?;
        rest = behind;
        Some(name.trim())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_that_nobody_can_fill_in_are_found() {
        let own = vec!["voucher".to_owned()];
        for fine in
            ["", "no variable, { } and }}", "Hi {{customer.name}}, {{ order }} {{voucher}}", "{{"]
        {
            assert_eq!(unknown_variable(fine, &own), None, "{fine}");
        }
        assert_eq!(
            unknown_variable("{{customer.name}} {{Customer.Name}}", &own),
            Some("Customer.Name")
        );
        assert_eq!(unknown_variable("您好{{客户}}", &own), Some("客户"));
        assert_eq!(unknown_variable("{{}}", &own), Some(""));
    }
}
