"""What an official would ask of the five stories: each question with the page and the report that answer it.

A story does not state everything: then the answer is that nobody stated it. Campaigns and requests come with a later
part. ``tests/reports/test_stories.py`` asks all of these of the sample, which it loads once.
"""

from tests.reports.questions import bangkalan, boltim, kalbar, medan, tangerang

STORIES = (bangkalan, tangerang, kalbar, boltim, medan)
QUESTIONS = tuple(question for story in STORIES for question in story.QUESTIONS)
REPORTS = tuple(dict.fromkeys(question.report for question in QUESTIONS))
