//! Commands as JSON lines on standard input.

use cordboard_wire::Command;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader, Stdin, Take};

/// A command is a few hundred bytes; a longer line is none.
const LONGEST_LINE_BYTES: u64 = 8 * 1024;

/// Reads commands.
pub struct Commands {
    lines: Take<BufReader<Stdin>>,
    line: Vec<u8>,
    ended: bool,
}

impl Commands {
    pub fn new() -> Commands {
        let lines = BufReader::new(tokio::io::stdin()).take(LONGEST_LINE_BYTES);
        Commands { lines, line: Vec::new(), ended: false }
    }

    /// Waits for the next command or a sentence about a line that is none; for ever once input has ended, because
    /// an agent without anybody writing to it is a usual thing.
    pub async fn next(&mut self) -> Result<Command, String> {
        loop {
            if self.ended {
                return std::future::pending().await;
            }
            // What has been read stays in `line` when this future is dropped halfway.
            match self.lines.read_until(b'\n', &mut self.line).await {
                Ok(0) if self.line.is_empty() && self.lines.limit() > 0 => self.ended = true,
                Ok(_) => {
                    let whole = self.line.ends_with(b"\n") || self.lines.limit() > 0;
                    let line = std::mem::take(&mut self.line);
                    self.lines.set_limit(LONGEST_LINE_BYTES);
                    if !whole {
                        return Err(format!("a line is longer than {LONGEST_LINE_BYTES} bytes"));
                    }
                    if !line.trim_ascii().is_empty() {
                        return serde_json::from_slice(&line).map_err(|error| error.to_string());
                    }
                }
                Err(_) => self.ended = true,
            }
        }
    }
}
