"""Text messages: how they are counted, who carries them, and what the carriers say of them afterwards."""
