"""The e-mail edge: collects a mailbox and turns its mails into inbounds."""
