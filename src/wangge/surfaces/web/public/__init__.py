"""The pages of the public 公众: report without an account, follow by a code, rate; each open by a recorded decision."""
