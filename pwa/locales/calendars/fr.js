// Plannings and agendas, in French; en.js has the same keys, and a test compares them.

import exports from './exports.fr.js';
import rows from './rows.fr.js';
import sources from './sources.fr.js';
import why from './why.fr.js';

export default {
  cal_title: 'Plannings et agendas',
  cal_intro: 'D’où viennent les disponibilités, et où vont les rendez-vous.',
  cal_in: 'Ce qui entre',
  cal_in_text: 'Les plannings disent qui n’est pas libre.',
  cal_in_none: 'Aucun planning n’est lu. Les créneaux ne dépendent que des plages et des absences dites ici.',
  cal_out: 'Ce qui sort',
  cal_out_text: 'Les rendez-vous arrivent dans ces agendas.',
  cal_out_none: 'Aucun agenda ne reçoit les rendez-vous.',
  cal_loading: 'Chargement…',
  cal_retry: 'Réessayer',
  cal_cancel: 'Annuler',
  cal_offline: 'Pas de réseau. Cette page en demande un.',
  cal_offline_list: 'Pas de réseau. Voici ce qui a été lu en dernier. Rien ne peut être changé d’ici.',
  cal_offline_act: 'Pas de réseau. Ce que vous avez écrit reste là, recommencez quand il revient.',
  cal_offline_done: 'Pas de réseau. C’est peut-être fait\u00a0: regardez sur cette page quand il revient, et recommencez sinon.',
  cal_offline_feed: 'Pas de réseau. S’il y avait une adresse, elle ne répond peut-être plus. Créez-en une quand il revient.',
  cal_load_error: 'Le service n’a pas pu répondre. Réessayez dans un instant.',
  cal_load_error_list: 'Le service n’a pas pu répondre. Voici ce qui a été lu en dernier.',
  cal_error: 'Le service n’a pas pu répondre ({code}). Ce que vous avez écrit reste là, recommencez.',
  cal_error_done: 'Le service n’a pas pu répondre ({code}). Regardez si c’est fait, et recommencez sinon.',
  cal_often_one: 'Trop d’essais en peu de temps. Recommencez dans {n} minute.',
  cal_often_many: 'Trop d’essais en peu de temps. Recommencez dans {n} minutes.',
  cal_gone: 'Cette ligne n’est plus là. Elle a été révoquée, ou n’est pas à vous.',
  cal_problem_too_many_plannings: 'L’unité a déjà autant de plannings qu’il est permis. Révoquez-en un d’abord.',
  cal_problem_too_many_exports: 'Il y a déjà autant d’agendas qu’il est permis. Révoquez-en un d’abord.',
  cal_problem_export_paused: 'Cet agenda est en pause. Reprenez-le d’abord.',
  cal_problem_planning_paused: 'Ce planning est en pause. Reprenez-le d’abord.',
  cal_problem_planning_without_address: 'Ce planning n’a pas d’adresse. Déposez son fichier, ou donnez-lui une adresse en le modifiant.',
  cal_problem_chief_only: 'Seul le commandant de l’unité peut faire cela.',
  cal_problem_no_such_agent: 'Ce gendarme ne sert plus dans l’unité.',
  cal_problem_no_terminal: 'Un abonnement appartient à un terminal enrôlé. Enrôlez celui-ci d’abord.',
  cal_problem_no_such_planning: 'Cette ligne n’est plus là. Elle a été révoquée, ou n’est pas à vous.',
  cal_problem_no_such_export: 'Cette ligne n’est plus là. Elle a été révoquée, ou n’est pas à vous.',
  cal_field_too_short: 'La limite doit valoir au moins deux lectures. Choisissez plus long.',
  cal_field_wrong: 'Cette valeur n’est pas acceptée. Corrigez-la.',
  cal_problem_invalid_arguments: 'Un champ n’est pas accepté. Vérifiez ce que vous avez écrit.',
  ...exports,
  ...rows,
  ...sources,
  ...why,
};
