//! Writing ONNX, the format in which the inference crate takes a network: messages of protocol
//! buffers, of which a graph needs few. Field numbers are those of `onnx.proto` (IR version 10).

/// Operators are those of this version of the operator set.
const OPERATORS: u64 = 20;
/// The version of the format.
const FORMAT: u64 = 10;

/// A message under way.
#[derive(Default)]
struct Message(Vec<u8>);

impl Message {
    fn varint(&mut self, mut value: u64) {
        loop {
            let [low, ..] = value.to_le_bytes();
            value >>= 7;
            if value == 0 {
                return self.0.push(low & 0x7f);
            }
            self.0.push(low | 0x80);
        }
    }

    fn number(mut self, field: u64, value: u64) -> Self {
        self.varint(field << 3);
        self.varint(value);
        self
    }

    fn float(mut self, field: u64, value: f32) -> Self {
        self.varint(field << 3 | 5);
        self.0.extend(value.to_le_bytes());
        self
    }

    fn bytes(mut self, field: u64, value: &[u8]) -> Self {
        self.varint(field << 3 | 2);
        self.varint(value.len() as u64);
        self.0.extend(value);
        self
    }

    fn text(self, field: u64, value: &str) -> Self {
        self.bytes(field, value.as_bytes())
    }

    fn message(self, field: u64, value: &Self) -> Self {
        self.bytes(field, &value.0)
    }
}

/// An attribute of an operator.
pub(super) enum Attribute<'a> {
    Float(&'a str, f32),
    Int(&'a str, i64),
    Ints(&'a str, &'a [i64]),
    Text(&'a str, &'a str),
}

impl Attribute<'_> {
    fn message(&self) -> Message {
        let named = |name: &str, kind: u64| Message::default().text(1, name).number(20, kind);
        match self {
            Attribute::Float(name, value) => named(name, 1).float(2, *value),
            Attribute::Int(name, value) => named(name, 2).number(3, value.cast_unsigned()),
            Attribute::Text(name, value) => named(name, 3).text(4, value),
            Attribute::Ints(name, values) => values
                .iter()
                .fold(named(name, 7), |message, value| message.number(8, value.cast_unsigned())),
        }
    }
}

/// The name of a value in the graph.
pub(super) type Name = String;

/// A graph under way, with its weights in a file beside it.
pub(super) struct Graph {
    weights_file: &'static str,
    weights: Vec<u8>,
    message: Message,
    values: usize,
}

impl Graph {
    /// An empty graph that will ask for its weights under this name.
    pub(super) fn new(weights_file: &'static str) -> Self {
        let message = Message::default().text(2, "sentence");
        Self { weights_file, weights: Vec::new(), message, values: 0 }
    }

    fn add(&mut self, field: u64, part: &Message) {
        self.message = std::mem::take(&mut self.message).message(field, part);
    }

    fn fresh(&mut self) -> Name {
        self.values += 1;
        format!("v{}", self.values)
    }

    /// An input of floats; nothing is said of its size.
    pub(super) fn input(&mut self, name: &str) -> Name {
        let kind = Message::default().message(1, &Message::default().number(1, 1));
        self.add(11, &Message::default().text(1, name).message(2, &kind));
        name.to_owned()
    }

    /// A constant tensor of floats.
    pub(super) fn weights(&mut self, shape: &[usize], values: impl Iterator<Item = f32>) -> Name {
        let (name, start) = (self.fresh(), self.weights.len());
        self.weights.extend(values.flat_map(f32::to_le_bytes));
        let length = self.weights.len() - start;
        let entry = |key: &str, value: &str| Message::default().text(1, key).text(2, value);
        let tensor = shape
            .iter()
            .fold(Message::default(), |tensor, size| tensor.number(1, *size as u64))
            .number(2, 1)
            .text(8, &name)
            .message(13, &entry("location", self.weights_file))
            .message(13, &entry("offset", &start.to_string()))
            .message(13, &entry("length", &length.to_string()))
            .number(14, 1);
        self.add(5, &tensor);
        name
    }

    /// A constant list of whole numbers.
    pub(super) fn integers(&mut self, values: &[i64]) -> Name {
        let name = self.fresh();
        let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        let tensor = Message::default().number(1, values.len() as u64).number(2, 7);
        self.add(5, &tensor.text(8, &name).bytes(9, &bytes));
        name
    }

    /// An operator, with the name of its result.
    pub(super) fn operator(
        &mut self,
        kind: &str,
        inputs: &[&str],
        attributes: &[Attribute<'_>],
    ) -> Name {
        let name = self.fresh();
        let node = inputs.iter().fold(Message::default(), |node, input| node.text(1, input));
        let node = node.text(2, &name).text(3, &format!("{kind}_{name}")).text(4, kind);
        let node =
            attributes.iter().fold(node, |node, attribute| node.message(5, &attribute.message()));
        self.add(1, &node);
        name
    }

    /// The finished model, and its weights.
    pub(super) fn finish(mut self, output: &str) -> (Vec<u8>, Vec<u8>) {
        self.add(12, &Message::default().text(1, output));
        let operators = Message::default().text(1, "").number(2, OPERATORS);
        let model = Message::default().number(1, FORMAT).message(7, &self.message);
        (model.message(8, &operators).0, self.weights)
    }
}
