"""Appointments on their way out: files, feeds and invitations (RFC 5545, RFC 5546), and agendas over CalDAV."""
